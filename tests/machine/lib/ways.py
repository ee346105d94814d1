# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ways into a machine that ask for a password, each with what it shows when it lets in or refuses."""

from talk import PROMPT


class Way:
    name = ""
    question = "Password: "
    admitted = PROMPT
    refused = ""
    tells_why = True  # shows the daemon's text when it refuses

    def begin(self, person):
        raise NotImplementedError

    def answer(self, person, password):
        """The Talk after the password was typed."""
        return self.begin(person).is_asked(self.question, password)

    def admits(self, talk):
        return talk.sees_one_of(self.admitted, self.refused) == 0


class SshKeyboardInteractive(Way):
    name = "ssh_keyboard_interactive"
    refused = r"Permission denied|Connection closed|Received disconnect"

    def begin(self, person):
        return person.ssh()


class SshPassword(SshKeyboardInteractive):
    name = "ssh_password"
    question = "password: "
    tells_why = False  # sshd has nowhere to put a text there

    def begin(self, person):
        return person.ssh("password")


class Console(Way):
    name = "console"
    refused = r"Login incorrect|login: $|[Aa]uthentication|expired|denied"

    def begin(self, person):
        return person.console()


class Sudo(Way):
    name = "sudo"
    question = r"password for [^:]*: |Password: "
    admitted = r"(?<!\S)root\r?\n"
    refused = r"sudo: "

    def begin(self, person):
        return person.sudo("-k id -un")


class Su(Way):
    name = "su"
    refused = r"su: "

    def begin(self, person):
        return person.su()


WAYS = [SshKeyboardInteractive(), SshPassword(), Console(), Sudo(), Su()]


def each_way(*names):
    """A test for each way (or each of @names): test_X becomes test_X_by_ssh_password and so on."""
    def mark(function):
        function.ways = [way for way in WAYS if not names or way.name in names]
        return function
    return mark


def spread(cls):
    """Class decorator: puts one test a way in the place of each that each_way() has marked."""
    for name, function in list(vars(cls).items()):
        if hasattr(function, "ways"):
            delattr(cls, name)
            for way in function.ways:
                def test(self, function=function, way=way):
                    function(self, way)
                setattr(cls, f"{name}_by_{way.name}", test)
    return cls
