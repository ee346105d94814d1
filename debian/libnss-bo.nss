passwd	last	bo
group	last	bo
