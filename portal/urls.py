"""Every address of the portal."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path

from portal.health import healthz

sign_in = auth_views.LoginView.as_view(
    redirect_authenticated_user=True, extra_context={"notice_lines": settings.PORTAL_NOTICE.splitlines()}
)

urlpatterns = [
    path("", include("catalog.urls")),
    path("", include("jobs.urls")),
    path("accounts/login/", sign_in, name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("accounts/password/", auth_views.PasswordChangeView.as_view(), name="password_change"),
    path("accounts/password/done/", auth_views.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
