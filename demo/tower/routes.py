"""Which view answers which path and method, below /api/v2/."""

from collections.abc import Callable
from functools import partial
from typing import Any

from werkzeug.routing import Map, Rule

from demo.tower import (
    adminviews,
    approvalviews,
    callbacks,
    jobviews,
    launch,
    launchform,
    schedulelists,
    scheduleviews,
    siteviews,
    stdout,
    templateviews,
    thingviews,
)

View = Callable[..., Any]
ANYONE = frozenset({"/api/", "/", "/ping/"})
WITH_A_KEY = frozenset({("POST", "/job_templates/<int:pk>/callback/")})  # no account needed, and none looked at
NAMED = ("job_templates", "workflow_job_templates", "inventories", "credentials", "organizations", "users", "labels")

TABLE: dict[str, dict[str, View]] = {
    "/api/": {"GET": siteviews.root},  # the one path that is not below v2
    "/": {"GET": siteviews.version_root},
    "/ping/": {"GET": siteviews.ping},
    "/config/": {"GET": siteviews.config},
    "/me/": {"GET": siteviews.me},
    "/users/": {"GET": siteviews.users, "POST": adminviews.make_user},
    "/hosts/": {"GET": adminviews.hosts},
    "/hosts/<int:pk>/": {"GET": adminviews.host, "DELETE": adminviews.delete_host},
    "/users/<int:pk>/personal_tokens/": {"GET": lambda call, pk: siteviews.tokens(call), "POST": siteviews.make_token},
    "/tokens/": {"GET": siteviews.tokens, "POST": siteviews.make_token},
    "/tokens/<int:pk>/": {"DELETE": siteviews.drop_token},
    "/organizations/": {"GET": siteviews.organizations},
    "/unified_job_templates/": {"GET": templateviews.lists("UnifiedJobTemplate")},
    "/unified_jobs/": {"GET": jobviews.unified},
    "/jobs/": {"GET": jobviews.job_list},
    "/workflow_jobs/": {"GET": jobviews.workflow_list},
    "/jobs/<int:pk>/stdout/": {"GET": stdout.get},
    "/jobs/<int:pk>/job_events/": {"GET": jobviews.job_events},
    "/jobs/<int:pk>/job_host_summaries/": {"GET": jobviews.host_summaries},
    "/jobs/<int:pk>/create_schedule/": {"GET": jobviews.create_schedule},
    "/jobs/<int:pk>/relaunch/": {"GET": jobviews.relaunch_form, "POST": jobviews.relaunch},
    "/workflow_jobs/<int:pk>/relaunch/": {"GET": lambda call, pk: {}, "POST": jobviews.relaunch_workflow},
    "/workflow_jobs/<int:pk>/workflow_nodes/": {"GET": jobviews.nodes},
    "/workflow_approvals/": {"GET": approvalviews.pending},
    "/workflow_approvals/<int:pk>/": {"GET": approvalviews.detail},
    "/workflow_approvals/<int:pk>/approve/": {"GET": approvalviews.form, "POST": approvalviews.approve},
    "/workflow_approvals/<int:pk>/deny/": {"GET": approvalviews.form, "POST": approvalviews.deny},
    "/schedules/": {"GET": scheduleviews.lists, "POST": scheduleviews.make},
    "/schedules/preview/": {"POST": scheduleviews.preview},
    "/schedules/zoneinfo/": {"GET": scheduleviews.zones},
    "/schedules/<int:pk>/": {
        "GET": scheduleviews.detail,
        **dict.fromkeys(("PUT", "PATCH"), scheduleviews.change),
        "DELETE": scheduleviews.delete,
    },
    "/schedules/<int:pk>/jobs/": {"GET": scheduleviews.jobs_of},
    **{
        f"/schedules/<int:pk>/{name}/": {
            "GET": partial(schedulelists.get, name=name),
            "POST": partial(schedulelists.post, name=name),
        }
        for name in schedulelists.ASKED
    },
    "/job_templates/<int:pk>/credentials/": {"GET": adminviews.credentials, "POST": adminviews.add_credential},
    "/job_templates/<int:pk>/callback/": {"GET": callbacks.get, "POST": callbacks.post},
    "/job_templates/<int:pk>/launch/": {"GET": launchform.get, "POST": launch.post},
    "/workflow_job_templates/<int:pk>/launch/": {"GET": launchform.get_workflow, "POST": launch.post_workflow},
    "/job_templates/<int:pk>/jobs/": {"GET": jobviews.of_template},
    "/workflow_job_templates/<int:pk>/workflow_jobs/": {"GET": jobviews.of_workflow},
    "/workflow_job_templates/<int:pk>/workflow_nodes/": {"GET": templateviews.nodes},
}
for _kind, _model in (("job_template", "JobTemplate"), ("workflow_job_template", "WorkflowJobTemplate")):
    TABLE[f"/{_kind}s/"] = {
        "GET": templateviews.lists(_model),
        "POST": partial(adminviews.make_template, kind=_kind),
    }
    TABLE[f"/{_kind}s/<int:pk>/labels/"] = {"GET": partial(adminviews.labels, kind=_kind)}
    TABLE[f"/{_kind}s/<int:pk>/"] = {
        "GET": partial(templateviews.detail, kind=_kind),
        "PATCH": partial(templateviews.change, kind=_kind),
        "DELETE": partial(templateviews.delete, kind=_kind),
    }
    TABLE[f"/{_kind}s/<int:pk>/schedules/"] = {
        "GET": partial(scheduleviews.lists, kind=_kind),
        "POST": partial(scheduleviews.make_for, kind=_kind),
    }
    TABLE[f"/{_kind}s/<int:pk>/survey_spec/"] = {
        "GET": partial(templateviews.survey, kind=_kind),
        "POST": partial(templateviews.set_survey, kind=_kind),
        "DELETE": partial(templateviews.drop_survey, kind=_kind),
    }
for _kind in ("job", "workflow_job"):
    TABLE[f"/{_kind}s/<int:pk>/"] = {
        "GET": partial(jobviews.detail, kind=_kind),
        "DELETE": partial(jobviews.delete, kind=_kind),
    }
    TABLE[f"/{_kind}s/<int:pk>/cancel/"] = {
        "GET": partial(jobviews.cancel_form, kind=_kind),
        "POST": partial(jobviews.cancel, kind=_kind),
    }
    for _name in ("credentials", "labels"):
        TABLE[f"/{_kind}s/<int:pk>/{_name}/"] = {"GET": partial(jobviews.subresource, kind=_kind, name=_name)}
for _plural in thingviews.MODELS:
    TABLE[f"/{_plural}/"] = {"GET": thingviews.lists(_plural)}
    TABLE[f"/{_plural}/<int:pk>/"] = {"GET": partial(thingviews.one, kind=_plural)}
TABLE["/inventories/"]["POST"] = adminviews.make_inventory
TABLE["/inventories/<int:pk>/"]["DELETE"] = adminviews.delete_inventory
TABLE["/credentials/"]["POST"] = adminviews.make_credential

ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What the real Tower can do besides, and the demo cannot: it is refused as for an account without the role.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "/config/": ("POST", "DELETE"),
    "/tokens/<int:pk>/": ("GET", "PUT", "PATCH"),
    "/jobs/<int:pk>/create_schedule/": ("POST",),
    "/workflow_job_templates/<int:pk>/workflow_nodes/": ("POST",),
    **dict.fromkeys(("/hosts/", "/labels/", "/instance_groups/", "/execution_environments/"), ("POST",)),
    "/workflow_approvals/<int:pk>/": ("DELETE",),
    **dict.fromkeys(("/job_templates/<int:pk>/", "/workflow_job_templates/<int:pk>/"), ("PUT",)),
    **dict.fromkeys(("/inventories/<int:pk>/", "/hosts/<int:pk>/"), ("PUT", "PATCH")),
    "/credentials/<int:pk>/": ("PUT", "PATCH", "DELETE"),
}


def allowed(path: str) -> list[str]:
    """The methods of a path, as the Allow header names them."""
    known = {*TABLE[path], *ELSEWHERE.get(path, ())}
    return [*(method for method in ORDER if method in known), "HEAD", "OPTIONS"]


URLS = Map(
    [Rule(path, endpoint=path, strict_slashes=True) for path in TABLE if path != "/api/"], redirect_defaults=False
)
