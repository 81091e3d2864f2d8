"""What is said after something of an enrollment was saved, with the way to take it back."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

#: Of `household.forms.FORMS`.
UNDO = "undo"


def say_saved(request: HttpRequest, enrollment: int, said: str) -> None:
    """`said`, and a link to the page that shows what an undo would change, and does it by a press."""
    address = reverse("enrollments:correct", args=[enrollment, UNDO])
    messages.success(request, format_html('{} <a href="{}">Undo</a>', said, address))
