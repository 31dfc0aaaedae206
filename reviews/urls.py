"""The addresses of the reviewers' desk."""

from django.urls import path

from reviews import views

urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue/next/", views.take_next, name="take-next"),
    path("claims/<number:number>/take/", views.take, name="take"),
    path("claims/<number:number>/assign/", views.assign, name="assign"),
    path("claims/<number:number>/comments/", views.comment, name="comment"),
    path("claims/<number:number>/notes/", views.note, name="note"),
    path("claims/<number:number>/arbitration/", views.arbitration, name="arbitration"),
]
