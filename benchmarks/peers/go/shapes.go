package main

import (
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v4"
)

// Money is an amount in minor units.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

func usd(amount int64) Money { return Money{amount, "USD"} }

// Item is a row of a listing.
type Item struct {
	ID          int64           `json:"id"`
	OwnerID     int64           `json:"owner_id"`
	SKU         *string         `json:"sku"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Category    *string         `json:"category"`
	Tags        json.RawMessage `json:"tags"`
	ImageURLs   json.RawMessage `json:"image_urls"`
	Price       Money           `json:"price"`
	Status      string          `json:"status"`
	Available   int64           `json:"available"`
	OnHand      *int64          `json:"on_hand"`
	Reserved    *int64          `json:"reserved"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
	Version     int64           `json:"version"`
}

func scanItem(row pgx.Row) (Item, error) {
	var item Item
	var amount int64
	err := row.Scan(&item.ID, &item.OwnerID, &item.SKU, &item.Title, &item.Description, &item.Category, (*[]byte)(&item.Tags),
		(*[]byte)(&item.ImageURLs), &amount, &item.Status, &item.Available, &item.CreatedAt, &item.UpdatedAt, &item.Version)
	item.Price = usd(amount)
	item.CreatedAt, item.UpdatedAt = item.CreatedAt.UTC(), item.UpdatedAt.UTC()
	return item, err
}

// Page is a page of items.
type Page struct {
	Items      []Item  `json:"items"`
	Skip       *int    `json:"skip"`
	Limit      int     `json:"limit"`
	Total      *int    `json:"total"`
	NextCursor *string `json:"next_cursor"`
	Search     *string `json:"search"`
}

// Draft is the body of a new order.
type Draft struct {
	ProductID int64 `json:"product_id"`
	Quantity  int64 `json:"quantity"`
}

// Address is the address that the order is sent to.
type Address struct {
	Name    string  `json:"name"`
	Street  *string `json:"street"`
	City    *string `json:"city"`
	Country *string `json:"country"`
	ZipCode *string `json:"zip_code"`
}

// Line is an item of an order.
type Line struct {
	ID               int64   `json:"id"`
	ProductID        int64   `json:"product_id"`
	SKU              *string `json:"sku"`
	Title            string  `json:"title"`
	UnitPrice        Money   `json:"unit_price"`
	Quantity         int64   `json:"quantity"`
	Discount         Money   `json:"discount"`
	Tax              Money   `json:"tax"`
	Total            Money   `json:"total"`
	RefundedQuantity int64   `json:"refunded_quantity"`
	Refunded         Money   `json:"refunded"`
}

// Step is one status of an order's history.
type Step struct {
	Status  string    `json:"status"`
	At      time.Time `json:"at"`
	ActorID int64     `json:"actor_id"`
}

// Order is a placed order.
type Order struct {
	ID              int64      `json:"id"`
	BuyerID         int64      `json:"buyer_id"`
	SellerID        int64      `json:"seller_id"`
	Status          string     `json:"status"`
	PaymentStatus   string     `json:"payment_status"`
	Lines           []Line     `json:"lines"`
	Subtotal        Money      `json:"subtotal"`
	Discount        Money      `json:"discount"`
	Tax             Money      `json:"tax"`
	Total           Money      `json:"total"`
	Refunded        Money      `json:"refunded"`
	DiscountCode    *string    `json:"discount_code"`
	ShippingAddress *Address   `json:"shipping_address"`
	Payments        []struct{} `json:"payments"`
	Refunds         []struct{} `json:"refunds"`
	Shipment        *struct{}  `json:"shipment"`
	History         []Step     `json:"history"`
	ExpiresAt       time.Time  `json:"expires_at"`
	CreatedAt       time.Time  `json:"created_at"`
	UpdatedAt       time.Time  `json:"updated_at"`
	Version         int64      `json:"version"`
}

// EventData is what subscribers of an order's event get.
type EventData struct {
	OrderID  int64  `json:"order_id"`
	BuyerID  int64  `json:"buyer_id"`
	SellerID int64  `json:"seller_id"`
	Status   string `json:"status"`
	Total    Money  `json:"total"`
	Version  int64  `json:"version"`
}
