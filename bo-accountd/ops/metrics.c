/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All metrics, by family: what was counted in memory, and what the store knows. */
#include "bo-accountd/ops/metrics.h"

#include "bo-accountd/metrics.h"
#include "bo-accountd/ops/login.h"
#include "bo-accountd/ops/source.h"
#include "common/clock.h"

#include <errno.h>
#include <stdarg.h>

#define FAMILY(id, type, help) static const struct metric_family id = {#id, type, help}

FAMILY(build_info, "gauge", "Always 1; the label tells the version.");
FAMILY(start_time_seconds, "gauge", "When the daemon was started.");
FAMILY(settings_time_seconds, "gauge", "When the settings in force were read.");
FAMILY(logins_total, "counter", "Login conversations that have ended, by how.");
FAMILY(keys_verified_total, "counter", "API keys that programs had verified, by outcome.");
FAMILY(events_total, "counter", "Lines of the journal by event (docs/events.md).");
FAMILY(requests_total, "counter", "Calls by queue and answer.");
FAMILY(queue_waiting, "gauge", "Calls that wait for a worker.");
FAMILY(queue_limit, "gauge", "How many calls may wait.");
FAMILY(workers, "gauge", "Worker threads.");
FAMILY(workers_busy, "gauge", "Worker threads that work on a call.");
FAMILY(wait_seconds, "histogram", "How long calls waited for a worker.");
FAMILY(run_seconds, "histogram", "How long workers worked on a call.");
FAMILY(commit_seconds, "histogram", "How long commits of the store took.");
FAMILY(connections, "gauge", "Open connections of the private socket.");
FAMILY(connections_total, "counter", "Connections of the private socket that were accepted.");
FAMILY(connections_refused_total, "counter",
       "Connections that were too many, or cut off in a message.");
FAMILY(sources_throttled, "gauge", "Sources that are turned away now, at most 1000.");

static const char *const queues[] = {"hash", "other"};

void metric_listing_clear(struct metric_listing *listing)
{
        free(listing->samples);
}

static struct metric_sample *sample_new(struct metric_listing *listing)
{
        size_t room = listing->room ? listing->room * 2 : 256;
        struct metric_sample *grown;

        if (listing->n < listing->room)
                return &listing->samples[listing->n++];
        grown = reallocarray(listing->samples, room, sizeof(*grown));
        if (!grown) {
                listing->failed = true;
                return NULL;
        }
        listing->samples = grown;
        listing->room = room;
        return &listing->samples[listing->n++];
}

static void put(struct metric_listing *listing, const struct metric_family *family,
                const char *suffix, double value, const char *labels)
{
        struct metric_sample *sample = sample_new(listing);

        if (!sample)
                return;
        *sample = (struct metric_sample){.family = family, .suffix = suffix, .value = value};
        snprintf(sample->labels, sizeof(sample->labels), "%s", labels);
}

void metric_put(struct metric_listing *listing, const struct metric_family *family, double value,
                const char *format, ...)
{
        char labels[METRIC_LABELS_SIZE];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(labels, sizeof(labels), format, arguments);
        va_end(arguments);
        put(listing, family, "", value, labels);
}

static void put_number(struct metric_listing *listing, const struct metric_family *family,
                       const _Atomic uint64_t *number)
{
        put(listing, family, "", (double)metric_get(number), "");
}

static void put_time(struct metric_listing *listing, const struct metric_family *family,
                     const _Atomic uint64_t *usec)
{
        put(listing, family, "", (double)metric_get(usec) / (double)USEC_PER_SEC, "");
}

static void put_histogram(struct metric_listing *listing, const struct metric_family *family,
                          const struct histogram *histogram, const char *label)
{
        const char *comma = label[0] ? "," : "";
        uint64_t sum_usec = metric_get(&histogram->sum_usec), n = 0;
        char labels[METRIC_LABELS_SIZE];

        for (size_t i = 0; i <= HISTOGRAM_BUCKETS; i++) {
                char bound[24] = "+Inf";

                if (i < HISTOGRAM_BUCKETS)
                        snprintf(bound, sizeof(bound), "%g",
                                 (double)histogram_bounds_usec[i] / (double)USEC_PER_SEC);
                n += metric_get(&histogram->counts[i]);
                snprintf(labels, sizeof(labels), "%s%sle=\"%s\"", label, comma, bound);
                put(listing, family, "_bucket", (double)n, labels);
        }
        put(listing, family, "_sum", (double)sum_usec / (double)USEC_PER_SEC, label);
        put(listing, family, "_count", (double)n, label);
}

static const char *outcome_name(int outcome)
{
        if (outcome == 0)
                return "Success";
        return outcome == METRICS_ABANDONED ? "Abandoned" : bo_error_name(outcome);
}

/* Those that every host will see are there from the begin: a rate needs a zero before the first. */
static bool is_usual(int outcome)
{
        return outcome == 0 || outcome == BO_ERR_WRONG_CREDENTIALS ||
               outcome == BO_ERR_LOCKED_ATTEMPTS || outcome == BO_ERR_THROTTLED;
}

static void put_logins(struct metric_listing *listing)
{
        static const char *const phases[] = {"auth", "account", "password", "session"};
        static const char *const classes[] = {"interactive", "batch", "api"};

        _Static_assert(ELEMENTS(phases) == METRICS_PHASES && ELEMENTS(classes) == METRICS_CLASSES,
                       "each has a name");
        for (size_t phase = 0; phase < METRICS_PHASES; phase++)
                for (size_t class = 0; class < METRICS_CLASSES; class ++)
                        for (int outcome = 0; outcome < METRICS_OUTCOMES; outcome++) {
                                uint64_t n = metric_get(&metrics.logins[phase][class][outcome]);

                                if ((n > 0 || (is_usual(outcome) && phase == LOGIN_AUTH)) &&
                                    outcome_name(outcome))
                                        metric_put(listing, &logins_total, (double)n,
                                                   "phase=\"%s\",class=\"%s\",outcome=\"%s\"",
                                                   phases[phase], classes[class],
                                                   outcome_name(outcome));
                        }
}

static void put_keys(struct metric_listing *listing)
{
        for (int outcome = 0; outcome < METRICS_OUTCOMES; outcome++) {
                uint64_t n = metric_get(&metrics.keys[outcome]);

                if ((n > 0 || is_usual(outcome)) && outcome_name(outcome))
                        metric_put(listing, &keys_verified_total, (double)n, "outcome=\"%s\"",
                                   outcome_name(outcome));
        }
}

static void put_events(struct metric_listing *listing)
{
        const char *event;
        uint64_t n;

        for (size_t i = 0; log_counted(i, &event, &n); i++)
                metric_put(listing, &events_total, (double)n, "event=\"%s\"", event);
}

static void put_requests(struct metric_listing *listing)
{
        static const char *const answers[] = {"answered", "refused", "busy", "unavailable"};

        _Static_assert(ELEMENTS(answers) == METRICS_ANSWERS, "each has a name");
        for (size_t queue = 0; queue < METRICS_QUEUES; queue++)
                for (size_t answer = 0; answer < METRICS_ANSWERS; answer++)
                        metric_put(listing, &requests_total,
                                   (double)metric_get(&metrics.requests[queue][answer]),
                                   "queue=\"%s\",answer=\"%s\"", queues[queue], answers[answer]);
}

static void put_queues(struct metric_listing *listing)
{
        const struct {
                const struct metric_family *family;
                const _Atomic uint64_t *numbers;
        } gauges[] = {{&queue_waiting, metrics.waiting},
                      {&queue_limit, metrics.capacity},
                      {&workers, metrics.threads},
                      {&workers_busy, metrics.running}};
        const struct {
                const struct metric_family *family;
                const struct histogram *of;
        } histograms[] = {{&wait_seconds, metrics.wait}, {&run_seconds, metrics.run}};

        for (size_t i = 0; i < ELEMENTS(gauges); i++)
                for (size_t queue = 0; queue < METRICS_QUEUES; queue++)
                        metric_put(listing, gauges[i].family,
                                   (double)metric_get(&gauges[i].numbers[queue]), "queue=\"%s\"",
                                   queues[queue]);
        for (size_t i = 0; i < ELEMENTS(histograms); i++)
                for (size_t queue = 0; queue < METRICS_QUEUES; queue++) {
                        char label[24];

                        snprintf(label, sizeof(label), "queue=\"%s\"", queues[queue]);
                        put_histogram(listing, histograms[i].family, &histograms[i].of[queue],
                                      label);
                }
        put_histogram(listing, &commit_seconds, &metrics.commit, "");
}

static int put_sources(struct op *op, struct metric_listing *listing)
{
        struct throttle_rule rule = source_rule_of(op->settings);
        _cleanup_(freep) struct source_row *rows = calloc(SOURCE_ROWS_MOST, sizeof(*rows));
        size_t n = 0;

        if (!rows)
                return -ENOMEM;
        if (rule.room > 0)
                n = source_table_list(op->sources, &rule, rows, SOURCE_ROWS_MOST);
        metric_put(listing, &sources_throttled, (double)n, "%s", "");
        return 0;
}

static void put_counted(struct metric_listing *listing)
{
        metric_put(listing, &build_info, 1, "version=\"%s\"", BO_VERSION);
        put_time(listing, &start_time_seconds, &metrics.started_usec);
        put_time(listing, &settings_time_seconds, &metrics.settings_usec);
        put_logins(listing);
        put_keys(listing);
        put_events(listing);
        put_requests(listing);
        put_queues(listing);
        put_number(listing, &connections, &metrics.connections);
        put_number(listing, &connections_total, &metrics.connected);
        put_number(listing, &connections_refused_total, &metrics.refused);
}

int op_metrics(struct op *op, struct metric_listing *listing)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r != 0)
                return r;
        put_counted(listing);
        r = put_sources(op, listing);
        if (r == 0)
                r = metrics_store(op, &tx, listing);
        return r == 0 && listing->failed ? -ENOMEM : r;
}
