// A server with net/http, chi, pgx and golang-jwt: the four operations of the benchmark.
// With ORDER=batch an order takes two round trips to PostgreSQL instead of nine.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi"
	"github.com/golang-jwt/jwt"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

type server struct {
	pool   *pgxpool.Pool
	secret []byte
	place  func(ctx context.Context, pool *pgxpool.Pool, p *placing) (stored, error)
	total  counter
}

func main() {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	connections, err := strconv.Atoi(os.Getenv("POOL"))
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = int32(connections)
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{pool: pool, secret: []byte(os.Getenv("SECRET_KEY")), place: placeStepByStep}
	if os.Getenv("ORDER") == "batch" {
		s.place = placeInBatches
	}

	router := chi.NewRouter()
	router.Get("/health", s.health)
	router.Get("/items", s.listItems)
	router.Get("/items/{itemID}", s.getItem)
	router.Post("/orders", s.createOrder)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), router))
}

func respond(w http.ResponseWriter, status int, value interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

// rejection is an error that the caller sees.
type rejection struct {
	status int
	detail string
}

func (r rejection) Error() string { return r.detail }

func respondError(w http.ResponseWriter, err error) {
	var r rejection
	if !errors.As(err, &r) {
		log.Print(err)
		r = rejection{http.StatusInternalServerError, "Internal error"}
	}
	respond(w, r.status, map[string]string{"detail": r.detail})
}

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	respond(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *server) getItem(w http.ResponseWriter, r *http.Request) {
	itemID, err := strconv.ParseInt(chi.URLParam(r, "itemID"), 10, 64)
	if err != nil || itemID < 1 {
		respondError(w, rejection{http.StatusUnprocessableEntity, "bad id"})
		return
	}
	item, err := scanItem(s.pool.QueryRow(r.Context(), itemSQL, itemID))
	if errors.Is(err, pgx.ErrNoRows) {
		err = rejection{http.StatusNotFound, "Item not found"}
	}
	if err != nil {
		respondError(w, err)
		return
	}
	respond(w, http.StatusOK, item)
}

// cursor is where the next page begins.
type cursor struct {
	At time.Time `json:"at"`
	ID int64     `json:"id"`
}

type pageQuery struct {
	skip, limit int
	after       *cursor
}

func parsePageQuery(r *http.Request) (pageQuery, error) {
	values := r.URL.Query()
	bad := rejection{http.StatusUnprocessableEntity, "bad page"}
	query := pageQuery{limit: 20}
	for name, target := range map[string]*int{"skip": &query.skip, "limit": &query.limit} {
		if text := values.Get(name); text != "" {
			number, err := strconv.Atoi(text)
			if err != nil {
				return query, bad
			}
			*target = number
		}
	}
	if query.skip < 0 || query.skip > 10000 || query.limit < 1 || query.limit > 100 {
		return query, bad
	}
	if text := values.Get("cursor"); text != "" {
		opened, err := base64.URLEncoding.DecodeString(text)
		if err != nil || json.Unmarshal(opened, &query.after) != nil {
			return query, bad
		}
	}
	return query, nil
}

func (s *server) listItems(w http.ResponseWriter, r *http.Request) {
	query, err := parsePageQuery(r)
	if err != nil {
		respondError(w, err)
		return
	}
	page, err := s.findPage(r.Context(), query)
	if err != nil {
		respondError(w, err)
		return
	}
	respond(w, http.StatusOK, page)
}

func (s *server) findPage(ctx context.Context, query pageQuery) (Page, error) {
	page := Page{Items: make([]Item, 0, query.limit+1), Limit: query.limit}
	var rows pgx.Rows
	var err error
	if query.after == nil {
		rows, err = s.pool.Query(ctx, pageSQL, query.limit+1, query.skip)
	} else {
		rows, err = s.pool.Query(ctx, pageAfterSQL, query.limit+1, query.after.At, query.after.ID)
	}
	if err != nil {
		return page, err
	}
	defer rows.Close()
	for rows.Next() {
		item, err := scanItem(rows)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, item)
	}
	if err := rows.Err(); err != nil {
		return page, err
	}
	if len(page.Items) > query.limit {
		page.Items = page.Items[:query.limit]
		last := page.Items[query.limit-1]
		text, err := json.Marshal(cursor{last.CreatedAt, last.ID})
		if err != nil {
			return page, err
		}
		sealed := base64.URLEncoding.EncodeToString(text)
		page.NextCursor = &sealed
	}
	if query.after == nil {
		total, err := s.total.get(ctx, s.pool)
		if err != nil {
			return page, err
		}
		page.Skip, page.Total = &query.skip, &total
	}
	return page, nil
}

// counter counts once in five seconds and up to 10 001, as Steelyard does: counting each time would be all that is measured.
type counter struct {
	mutex sync.Mutex
	at    time.Time
	total int
}

func (c *counter) get(ctx context.Context, pool *pgxpool.Pool) (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if time.Since(c.at) > 5*time.Second {
		if err := pool.QueryRow(ctx, totalSQL).Scan(&c.total); err != nil {
			return 0, err
		}
		c.at = time.Now()
	}
	return c.total, nil
}

func (s *server) authenticate(r *http.Request) (int64, error) {
	unauthorized := rejection{http.StatusUnauthorized, "Could not validate credentials"}
	var claims jwt.RegisteredClaims
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	key := func(t *jwt.Token) (interface{}, error) {
		if t.Method != jwt.SigningMethodHS256 {
			return nil, errors.New("another algorithm")
		}
		return s.secret, nil
	}
	if _, err := jwt.ParseWithClaims(token, &claims, key); err != nil {
		return 0, unauthorized
	}
	userID, err := strconv.ParseInt(claims.Subject, 10, 64)
	if err != nil || !claims.VerifyAudience("steelyard", true) || !claims.VerifyIssuer("steelyard", true) {
		return 0, unauthorized
	}
	return userID, nil
}

func (s *server) createOrder(w http.ResponseWriter, r *http.Request) {
	buyerID, err := s.authenticate(r)
	if err != nil {
		respondError(w, err)
		return
	}
	p, err := newPlacing(buyerID, r)
	if err != nil {
		respondError(w, err)
		return
	}
	response, err := s.place(r.Context(), s.pool, p)
	if err != nil {
		respondError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if response.isReplayed {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	w.WriteHeader(response.status)
	w.Write(response.body)
}
