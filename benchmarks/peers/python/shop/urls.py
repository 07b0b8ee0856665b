from django.urls import path

from shop import views

urlpatterns = [
    path("health", views.health),
    path("items", views.ItemList.as_view()),
    path("items/<int:pk>", views.ItemDetail.as_view()),
    path("orders", views.OrderList.as_view()),
]
