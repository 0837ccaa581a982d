"""The API of deals and notes."""

import logging

from rest_framework import mixins, viewsets

from deals.models import Deal, Note
from deals.serializers import DealSerializer, NoteSerializer

logger = logging.getLogger(__name__)


class DealViewSet(viewsets.ReadOnlyModelViewSet):
    """All deals."""

    queryset = Deal.objects.select_related("owner").order_by("title")
    serializer_class = DealSerializer


class NoteViewSet(mixins.CreateModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Notes are written and read, never changed."""

    queryset = Note.objects.select_related("author").order_by("written_at")
    serializer_class = NoteSerializer

    def perform_create(self, serializer):
        """Whoever sends it has written it."""
        note = serializer.save(author=self.request.user)
        logger.info("note %s on deal %s", note.pk, note.deal_id)
