from django.urls import path

from jobs import views

urlpatterns = [
    path("tiles/<slug:slug>/", views.order, name="order"),
    path("jobs/", views.queue, name="queue"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/stop/", views.stop, name="stop"),
    path("jobs/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("jobs/<int:pk>/relaunch/", views.relaunch, name="relaunch"),
    path("jobs/<int:pk>/output/", views.output, name="output"),
    path("jobs/<int:pk>/steps/<int:step_pk>/output/", views.step_output, name="step-output"),
    path("jobs/<int:pk>/steps/<int:step_pk>/decision/", views.decision, name="decision"),
]
