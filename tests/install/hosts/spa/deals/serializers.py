"""Deals and notes as JSON."""

from rest_framework import serializers

from deals.models import Deal, Note


class DealSerializer(serializers.ModelSerializer):
    """A deal with the name of whoever looks after it."""

    owner = serializers.StringRelatedField()

    class Meta:
        model = Deal
        fields = ["id", "title", "owner"]


class NoteSerializer(serializers.ModelSerializer):
    """A note; who wrote it is not for the front end to say."""

    author = serializers.StringRelatedField()

    class Meta:
        model = Note
        fields = ["id", "deal", "author", "text", "written_at"]
