"""What people type into the CRM."""

from __future__ import annotations

from django import forms

from project.crm.models import Entry


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A call or a note, as its author types it."""

    class Meta:
        model = Entry
        fields = ["kind", "text", "urgent"]
        widgets = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(
                attrs={"rows": 3, "placeholder": "What was said, and what has to happen next?"}
            ),
        }
        labels = {"text": "What happened", "urgent": "Urgent"}


class WishesForm(forms.Form):
    """What a user wants to be told by e-mail."""

    mail = forms.BooleanField(
        required=False,
        label="Send me e-mail about my colleagues' calls and notes",
        help_text="Off: no such mail at all, whatever you follow.",
    )
    owned = forms.BooleanField(
        required=False,
        label="Tell me about every customer that I look after",
        help_text="Also about those that you are given later.",
    )
