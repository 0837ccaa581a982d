"""Worldly's own tests."""

from django.core import mail
from django.test import TestCase

from accounts.models import Account, Order
from staff.bell import ring
from staff.models import Employee


class WorldlyTests(TestCase):
    """Ana ships what Rui's customer ordered."""

    databases = {"default", "records"}

    def setUp(self):
        self.ana = Employee.objects.create_user("ana", full_name="Ana", post="ana@worldly.example")
        Employee.objects.create_user("rui", full_name="Rui", post="rui@worldly.example")
        account = Account.objects.create(name="Umbrella", keeper_login="rui")
        self.order = Order.objects.create(account=account, goods="Umbrellas")
        self.client.force_login(self.ana)

    def test_pages_have_a_language(self):
        self.assertContains(self.client.get("/de/orders"), '<html lang="de">')
        self.assertContains(self.client.get("/pt-br/orders"), '<html lang="pt-br">')

    def test_the_scales_take_one_query_in_its_transaction_and_no_log_in(self):
        self.client.logout()
        with self.assertNumQueries(3, using="records"), self.assertNumQueries(2):
            self.assertEqual(self.client.get("/stock.txt").text, "1\n")

    def test_an_order_is_shipped(self):
        self.client.post(f"/en/orders/{self.order.pk}/ship", {"remark": "By sea."})
        self.order.refresh_from_db()
        self.assertTrue(self.order.shipped)
        self.assertEqual(mail.outbox, [])

    def test_the_bell_takes_as_many_queries_as_ever(self):
        ring(self.ana, "Coffee is ready")
        with self.assertNumQueries(6):
            self.assertContains(self.client.get("/en/bell"), "Coffee is ready")

    def test_an_account_is_saved_with_one_query(self):
        with self.assertNumQueries(0), self.assertNumQueries(1, using="records"):
            self.order.account.save()

    def test_strangers_are_shown_the_door(self):
        self.client.logout()
        self.assertRedirects(self.client.get("/en/orders"), "/en/login?next=/en/orders")

    def test_no_slash_is_added(self):
        self.assertEqual(self.client.get("/en/orders/").status_code, 404)
