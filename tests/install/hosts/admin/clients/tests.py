"""The office's own tests."""

from django.contrib.auth.models import User
from django.core import mail
from django.test import TestCase

from clients.models import Client, Visit


class OfficeTests(TestCase):
    """What the office does, query by query where it must stay quick."""

    @classmethod
    def setUpTestData(cls):
        cls.ruth = User.objects.create(username="ruth", is_staff=True, is_superuser=True)
        cls.client_ = Client.objects.create(name="Initech", manager=cls.ruth)

    def test_the_list_of_clients_is_shown(self):
        self.client.force_login(self.ruth)
        self.assertContains(self.client.get("/backstage-7f3a/clients/client/"), "Initech")

    def test_a_visit_is_reported(self):
        self.client.force_login(self.ruth)
        url = "/backstage-7f3a/clients/visit/add/"
        data = {"client": self.client_.pk, "report": "They want more."}
        self.assertRedirects(self.client.post(url, data), "/backstage-7f3a/clients/visit/")
        self.assertEqual(Visit.objects.get().report, "They want more.")
        self.assertEqual(mail.outbox, [])

    def test_the_door_asks_nothing(self):
        with self.assertNumQueries(0):
            self.client.get("/backstage-7f3a/login/")

    def test_nobody_finds_the_usual_admin(self):
        self.assertEqual(self.client.get("/admin/").status_code, 404)

    def test_a_client_is_saved_with_one_query(self):
        self.client_.name = "Initrode"
        with self.assertNumQueries(1):
            self.client_.save()

    def test_the_words_for_scripts_take_two_queries(self):
        self.client.force_login(self.ruth)
        with self.assertNumQueries(2):
            self.client.get("/backstage-7f3a/jsi18n/")
