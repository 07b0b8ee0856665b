package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const mostPending = 20

// stored is a response that the idempotency key keeps.
type stored struct {
	status     int
	body       []byte
	isReplayed bool
}

// placing is an order under way: what the request has, then what the database adds.
type placing struct {
	buyerID     int64
	key         string
	draft       Draft
	fingerprint []byte
	now         time.Time

	buyer           Address
	sellerID, price int64
	sku             *string
	title           string
	orderID, lineID int64
}

func newPlacing(buyerID int64, r *http.Request) (*placing, error) {
	p := &placing{buyerID: buyerID, key: r.Header.Get("Idempotency-Key"), now: time.Now().UTC().Truncate(time.Microsecond)}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p.draft); err != nil {
		return nil, rejection{http.StatusUnprocessableEntity, err.Error()}
	}
	switch {
	case p.draft.ProductID < 1 || p.draft.Quantity < 1 || p.draft.Quantity > 1000 || len(p.key) < 1 || len(p.key) > 255:
		return nil, rejection{http.StatusUnprocessableEntity, "bad order"}
	case p.draft.Quantity > 100:
		return nil, rejection{http.StatusUnprocessableEntity, "Bulk orders over 100 need a discount code"}
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d,%d", p.draft.ProductID, p.draft.Quantity)))
	p.fingerprint = sum[:]
	return p, nil
}

func noRowsAs(err error, status int, detail string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return rejection{status, detail}
	}
	return err
}

func (p *placing) replay(row pgx.Row) (stored, error) {
	response := stored{isReplayed: true}
	var fingerprint []byte
	if err := row.Scan(&fingerprint, &response.status, &response.body); err != nil {
		return stored{}, err
	}
	if !bytes.Equal(fingerprint, p.fingerprint) {
		return stored{}, rejection{http.StatusUnprocessableEntity, "This key was used for another request"}
	}
	return response, nil
}

// placeStepByStep runs one statement after the other.
func placeStepByStep(ctx context.Context, pool *pgxpool.Pool, p *placing) (response stored, err error) {
	err = pool.BeginFunc(ctx, func(tx pgx.Tx) error {
		claim, err := tx.Exec(ctx, claimSQL, p.buyerID, p.key, p.fingerprint, p.now)
		if err != nil {
			return err
		}
		if claim.RowsAffected() == 0 {
			response, err = p.replay(tx.QueryRow(ctx, claimedSQL, p.buyerID, p.key))
			return err
		}
		b := &p.buyer
		if err := tx.QueryRow(ctx, buyerSQL, p.buyerID).Scan(&b.Name, &b.Street, &b.City, &b.Country, &b.ZipCode); err != nil {
			return noRowsAs(err, http.StatusUnauthorized, "Could not validate credentials")
		}
		taken := tx.QueryRow(ctx, takeStockSQL, p.draft.ProductID, p.draft.Quantity)
		if err := taken.Scan(&p.sellerID, &p.sku, &p.title, &p.price); err != nil {
			return noRowsAs(err, http.StatusConflict, "Item unavailable or out of stock")
		}
		if p.sellerID == p.buyerID {
			return rejection{http.StatusUnprocessableEntity, "One's own items cannot be ordered"}
		}
		if err := tx.QueryRow(ctx, orderSQL, append(p.orderValues(), mostPending)...).Scan(&p.orderID); err != nil {
			return noRowsAs(err, http.StatusConflict, "Too many pending orders")
		}
		if err := tx.QueryRow(ctx, lineSQL, p.lineValues()...).Scan(&p.lineID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, eventSQL, p.eventValues()...); err != nil {
			return err
		}
		response = stored{status: http.StatusCreated, body: toJSON(p.order())}
		_, err = tx.Exec(ctx, completeSQL, p.completeValues(response.body)...)
		return err
	})
	return response, err
}

// placeInBatches sends all statements that need nothing but the request in one batch, and the writes in a second one.
func placeInBatches(ctx context.Context, pool *pgxpool.Pool, p *placing) (response stored, err error) {
	err = pool.AcquireFunc(ctx, func(connection *pgxpool.Conn) error {
		response, err = p.batches(ctx, connection.Conn())
		if err != nil || response.isReplayed {
			connection.Exec(ctx, "ROLLBACK")
		}
		return err
	})
	return response, err
}

func (p *placing) batches(ctx context.Context, connection *pgx.Conn) (stored, error) {
	first := &pgx.Batch{}
	first.Queue("BEGIN")
	first.Queue(claimSQL, p.buyerID, p.key, p.fingerprint, p.now)
	first.Queue(buyerAndIDsSQL, p.buyerID)
	first.Queue(takeStockSQL, p.draft.ProductID, p.draft.Quantity)
	isFirst, err := p.readFirst(connection.SendBatch(ctx, first))
	if err == nil && !isFirst {
		return p.replay(connection.QueryRow(ctx, claimedSQL, p.buyerID, p.key))
	}
	if err != nil {
		return stored{}, err
	}
	response := stored{status: http.StatusCreated, body: toJSON(p.order())}
	second := &pgx.Batch{}
	second.Queue(orderWithIDSQL, append(p.orderValues(), p.orderID)...)
	second.Queue(lineWithIDSQL, append(p.lineValues(), p.lineID)...)
	second.Queue(eventSQL, p.eventValues()...)
	second.Queue(completeSQL, p.completeValues(response.body)...)
	second.Queue("COMMIT")
	results := connection.SendBatch(ctx, second)
	for range [5]struct{}{} {
		if _, err := results.Exec(); err != nil {
			results.Close()
			return stored{}, err
		}
	}
	return response, results.Close()
}

// readFirst reads the results of the first batch, and whether this request is the first with its key.
func (p *placing) readFirst(results pgx.BatchResults) (isFirst bool, err error) {
	defer results.Close()
	if _, err := results.Exec(); err != nil {
		return false, err
	}
	claim, err := results.Exec()
	if err != nil || claim.RowsAffected() == 0 {
		return false, err
	}
	b, pending := &p.buyer, 0
	err = results.QueryRow().Scan(&b.Name, &b.Street, &b.City, &b.Country, &b.ZipCode, &p.orderID, &p.lineID, &pending)
	if err != nil {
		return false, noRowsAs(err, http.StatusUnauthorized, "Could not validate credentials")
	}
	if err := results.QueryRow().Scan(&p.sellerID, &p.sku, &p.title, &p.price); err != nil {
		return false, noRowsAs(err, http.StatusConflict, "Item unavailable or out of stock")
	}
	if p.sellerID == p.buyerID {
		return false, rejection{http.StatusUnprocessableEntity, "One's own items cannot be ordered"}
	}
	if pending >= mostPending {
		return false, rejection{http.StatusConflict, "Too many pending orders"}
	}
	return true, nil
}

func (p *placing) amount() int64      { return p.price * p.draft.Quantity }
func (p *placing) expires() time.Time { return p.now.Add(7 * 24 * time.Hour) }

func (p *placing) address() *Address {
	if p.buyer.Street == nil {
		return nil
	}
	return &p.buyer
}

func toJSON(value interface{}) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

func (p *placing) orderValues() []interface{} {
	var address *string
	if p.address() != nil {
		text := string(toJSON(p.address()))
		address = &text
	}
	history := string(toJSON([][]interface{}{{"pending", p.now, p.buyerID}}))
	return []interface{}{p.buyerID, p.sellerID, p.draft.Quantity, p.amount(), address, history, p.key, p.expires(), p.now}
}

func (p *placing) lineValues() []interface{} {
	return []interface{}{p.orderID, p.draft.ProductID, p.sku, p.title, p.price, p.draft.Quantity, p.amount()}
}

func (p *placing) eventValues() []interface{} {
	audience := []int64{p.buyerID, p.sellerID}
	if p.sellerID < p.buyerID {
		audience = []int64{p.sellerID, p.buyerID}
	}
	data := EventData{p.orderID, p.buyerID, p.sellerID, "pending", usd(p.amount()), 1}
	return []interface{}{newUUID(), p.now, p.buyerID, p.orderID, newUUID(), string(toJSON(data)), string(toJSON(audience))}
}

func (p *placing) completeValues(body []byte) []interface{} {
	headers := [][]string{{"content-type", "application/json"}, {"location", fmt.Sprintf("/orders/%d", p.orderID)}}
	return []interface{}{p.buyerID, p.key, string(toJSON(headers)), body, p.now}
}

func newUUID() [16]byte {
	var id [16]byte
	if _, err := io.ReadFull(rand.Reader, id[:]); err != nil {
		panic(err)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

func (p *placing) order() Order {
	return Order{
		ID: p.orderID, BuyerID: p.buyerID, SellerID: p.sellerID, Status: "pending", PaymentStatus: "unpaid",
		Lines: []Line{{
			ID: p.lineID, ProductID: p.draft.ProductID, SKU: p.sku, Title: p.title, UnitPrice: usd(p.price),
			Quantity: p.draft.Quantity, Discount: usd(0), Tax: usd(0), Total: usd(p.amount()), Refunded: usd(0),
		}},
		Subtotal: usd(p.amount()), Discount: usd(0), Tax: usd(0), Total: usd(p.amount()), Refunded: usd(0),
		ShippingAddress: p.address(), Payments: []struct{}{}, Refunds: []struct{}{},
		History:   []Step{{"pending", p.now, p.buyerID}},
		ExpiresAt: p.expires(), CreatedAt: p.now, UpdatedAt: p.now, Version: 1,
	}
}
