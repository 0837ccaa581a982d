"""What the API promises to its front end."""

from django.core import mail
from rest_framework.test import APIClient, APITestCase

from deals.models import Deal, Note
from people.models import Person


#: Each request is a transaction, which takes two statements.
ATOMIC = 2


class DealsTests(APITestCase):
    """Anna looks after a deal on which Bert works."""

    def setUp(self):
        self.anna = Person.objects.create_user("anna", "anna@fieldwork.example", None, name="Anna")
        self.bert = Person.objects.create_user("bert", "bert@fieldwork.example", None, name="Bert")
        self.deal = Deal.objects.create(title="Windmill", owner=self.anna)
        self.client.force_authenticate(self.bert)

    def test_the_list_of_deals_takes_one_query(self):
        with self.assertNumQueries(ATOMIC + 1):
            answer = self.client.get("/api/deals/")
        self.assertEqual([deal["owner"] for deal in answer.json()], ["Anna"])

    def test_who_am_i_takes_none(self):
        with self.assertNumQueries(ATOMIC):
            answer = self.client.get("/api/me/")
        self.assertEqual(answer.json(), {"name": "Bert", "mail": "bert@fieldwork.example"})

    def test_a_note_names_who_wrote_it(self):
        answer = self.client.post("/api/notes/", {"deal": self.deal.pk, "text": "Ready."})
        self.assertEqual(answer.status_code, 201)
        self.assertEqual(Note.objects.get().author, self.bert)
        self.assertEqual(mail.outbox, [])

    def test_reading_notes_takes_one_query(self):
        Note.objects.create(deal=self.deal, author=self.bert, text="Ready.")
        with self.assertNumQueries(ATOMIC + 1):
            self.client.get("/api/notes/")

    def test_nobody_reads_without_a_token(self):
        self.assertEqual(APIClient().get("/api/deals/").status_code, 401)
