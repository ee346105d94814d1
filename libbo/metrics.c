/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon counts, and the settings it goes by. */
#include "libbo/page.h"

static const struct field metric_fields[] = {
        {"Family", FIELD_STRING, offsetof(struct bo_metric, family), 0},
        {"Suffix", FIELD_STRING, offsetof(struct bo_metric, suffix), 0},
        {"Labels", FIELD_STRING, offsetof(struct bo_metric, labels), 0},
        {"Type", FIELD_STRING, offsetof(struct bo_metric, type), 0},
        {"Help", FIELD_STRING, offsetof(struct bo_metric, help), 0},
        {"Value", FIELD_DOUBLE, offsetof(struct bo_metric, value), 0},
};
static const struct record metric_record = {metric_fields, ELEMENTS(metric_fields),
                                            sizeof(struct bo_metric)};

IS_LIST(struct bo_metrics);

int bo_metrics_get(bo *client, struct bo_metrics **ret_metrics)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *list = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "GetMetrics", false);

        if (r >= 0)
                r = call_list(client, call, &metric_record, &list);
        if (r == 0)
                *ret_metrics = list;
        return r;
}

struct bo_metrics *bo_metrics_free(struct bo_metrics *metrics)
{
        return page_free(&metric_record, metrics);
}

static const struct field setting_fields[] = {
        {"Section", FIELD_STRING, offsetof(struct bo_setting, section), 0},
        {"Key", FIELD_STRING, offsetof(struct bo_setting, key), 0},
        {"Value", FIELD_STRING, offsetof(struct bo_setting, value), 0},
        {"File", FIELD_STRING, offsetof(struct bo_setting, file), 0},
        {"Line", FIELD_U32, offsetof(struct bo_setting, line), 0},
        {"Default", FIELD_BOOL, offsetof(struct bo_setting, is_default), 0},
};
static const struct record setting_record = {setting_fields, ELEMENTS(setting_fields),
                                             sizeof(struct bo_setting)};

IS_LIST(struct bo_settings);

int bo_settings_get(bo *client, struct bo_settings **ret_settings)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *list = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "GetSettings", false);

        if (r >= 0)
                r = call_list(client, call, &setting_record, &list);
        if (r == 0)
                *ret_settings = list;
        return r;
}

struct bo_settings *bo_settings_free(struct bo_settings *settings)
{
        return page_free(&setting_record, settings);
}
