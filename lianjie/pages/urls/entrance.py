"""Sign in and out, own password, home."""

from django.contrib.auth import views as auth
from django.urls import path

from lianjie.pages import entrance
from lianjie.pages.access import PUBLIC, SIGNED_IN, Needs

urlpatterns = [
    path("", entrance.home, name="home"),
    path("empty/", entrance.empty, name="empty"),
    path("areas/<str:code>/", entrance.area, name="area"),
    path("sign-in/", auth.LoginView.as_view(template_name="registration/sign_in.html"), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path(
        "password/",
        auth.PasswordChangeView.as_view(
            template_name="registration/password.html", success_url="/password/done/"
        ),
        name="password",
    ),
    path("password/done/", entrance.password_changed, name="password-changed"),
]

NEEDS: Needs = {
    "home": SIGNED_IN,
    "empty": SIGNED_IN,
    "area": "area:read",
    "sign-in": PUBLIC,
    "sign-out": SIGNED_IN,
    "password": SIGNED_IN,
    "password-changed": SIGNED_IN,
    "set_language": PUBLIC,
}
