"""What is typed after a call."""
from django import forms

from contacts.models import Call


class CallForm(forms.ModelForm):
    """A call: what was said, and whom it concerns."""

    class Meta:
        model = Call
        fields = ["summary", "concerns"]
