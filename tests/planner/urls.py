"""The product's addresses, and two that raise whatever error a test asks for."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from rest_framework.request import Request
from rest_framework.views import APIView

from planner.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "raised", "urlpatterns"]

raised: list[BaseException] = []
"""What the next call raises."""


class FailingView(APIView):
    """Raises the error, as part of the API."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> None:
        raise raised[-1]


@login_not_required
def failing_page(request):
    """Raises the error, as a page."""
    raise raised[-1]


urlpatterns = [
    path("api/fail/", FailingView.as_view()),
    path("fail/", failing_page),
    *urlpatterns,
]
