"""Orders as operators see them: to look at, never to change. Secret answers and passwords are not shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from jobs.models import Job

STOP = ["stop_wanted_at", "stop_wanted_by", "stop_due_at", "stop_sent_at", "stop_trouble"]


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["pk", "tile", "subject", "ordered_by", "status", "controller", "tower_id", "placed_at"]
    list_filter = ["status", "controller", "tile"]
    list_select_related = ["tile", "ordered_by", "controller"]
    search_fields = ["subject", "=tower_id", "=ordered_by__username"]
    date_hierarchy = "placed_at"
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["tile", "template", "controller", "ordered_by", "subject", "placed_at", "answered"]}),
        ("How it goes", {"fields": ["status", "explanation", "changed_at", "due_at", "claimed_until", "attempts"]}),
        ("Stopped, run again", {"fields": [*STOP, "relaunch_of", "relaunch_hosts"]}),
        ("In Tower", {"fields": ["tower_type", "tower_id", "tower_status", "sent_at", "started_at", "finished_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined, no-any-return]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Job | None = None) -> bool:
        return False

    @admin.display(description="answers")
    def answered(self, job: Job) -> str:
        told = [f"{one['label']}: {'(secret)' if one['secret'] else one['value']}" for one in job.answers]
        return "; ".join(told) or "Nothing was asked."
