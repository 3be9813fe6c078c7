// Package api is how feeds ask a system over HTTP: one request at a time, not one
// before the system permits it, again after failures that pass, and with bounds on
// what an answer may be. It never sends credentials to another host than that of its
// address, and its errors hold no secret.
package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/dial"
	"github.com/diarchy/diarchy/internal/problem"
)

// What a system can answer besides what was asked for. Nothing is known to be deleted
// by any of these.
var (
	ErrUnauthorized = errors.New("the token is not valid (any more)")
	ErrForbidden    = errors.New("the token may not read this")
	ErrNotFound     = errors.New("not there, or hidden from this token")
	ErrUnusable     = errors.New("an answer that cannot be used")
	ErrLimited      = errors.New("the limit of requests is used up")
)

// Bounds on answers and waits.
const (
	maxBody     = 32 << 20 // bytes
	maxAttempts = 5
	minSilence  = time.Minute // after a limit that does not say until when
)

// Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Client asks one system.
type Client struct {
	Base      string                            // its address, without a slash at the end
	Header    http.Header                       // of each request
	Authorize func(*http.Request) error         // puts credentials into a request; may be nil
	Secrets   []string                          // that no error may show
	Transport http.RoundTripper                 // nil: one that reaches nothing internal but the host of Base
	Clock     Clock                             // nil: the machine's
	Patience  time.Duration                     // the longest wait for a limit to pass; 0: an hour
	Limited   func(*http.Response, []byte) bool // an answer of any status that the vendor means as a limit; may be nil

	mu       sync.Mutex
	notFrom  time.Time // no request before
	requests int
	silence  time.Duration // the last one after a limit without a time
	usual    sync.Once
}

// Answer is what a system sent.
type Answer struct {
	Header http.Header
	Next   string // address of the next page, from a Link header; "" on the last
}

// Requests is how many were sent.
func (c *Client) Requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// Get asks for a path, or for an address on the same host, and decodes JSON.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) (Answer, error) {
	return c.do(ctx, http.MethodGet, path, query, nil, into)
}

// Post sends JSON and decodes JSON. It must be a question: it is sent again after a failure.
func (c *Client) Post(ctx context.Context, path string, body, into any) (Answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return Answer{}, err
	}
	return c.do(ctx, http.MethodPost, path, nil, text, into)
}

// HoldUntil keeps all requests back until a time that the system told otherwise than by headers.
func (c *Client) HoldUntil(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.notFrom) {
		c.notFrom = t
	}
}

func (c *Client) do(ctx context.Context, method, path string, query url.Values, body []byte, into any) (Answer, error) {
	address, err := c.address(path, query)
	if err != nil {
		return Answer{}, err
	}
	what := method + " " + address.Path
	for attempt := 1; ; attempt++ {
		if err := c.wait(ctx, what); err != nil {
			return Answer{}, err
		}
		header, text, status, err := c.send(ctx, method, address, body)
		if ctx.Err() != nil {
			return Answer{}, ctx.Err()
		}
		var limited bool
		if err == nil {
			c.heed(header)
			limited = c.limited(header, text, status)
		}
		switch {
		case err == nil && limited:
			if attempt > maxAttempts {
				return Answer{}, fmt.Errorf("%s: %w", what, ErrLimited)
			}
			continue
		case err == nil && status < 300:
			next, err := c.next(header)
			if err == nil {
				err = decode(text, into)
			}
			if err != nil {
				return Answer{}, c.clean(fmt.Errorf("%s: %w", what, err))
			}
			c.mu.Lock()
			c.silence = 0
			c.mu.Unlock()
			return Answer{Header: header, Next: next}, nil
		case errors.Is(err, dial.ErrInternal):
			return Answer{}, c.clean(fmt.Errorf("%s: %w", what, err))
		case err == nil && status < 500 && status != http.StatusRequestTimeout:
			return Answer{}, c.clean(fmt.Errorf("%s: %w", what, refusal(status, c.hide(string(text)))))
		case errors.Is(err, ErrUnusable), errors.Is(err, ErrUnauthorized), errors.Is(err, ErrForbidden), errors.Is(err, ErrNotFound), errors.Is(err, ErrLimited):
			return Answer{}, c.clean(fmt.Errorf("%s: %w", what, err))
		}
		if attempt == maxAttempts {
			if err == nil {
				err = fmt.Errorf("status %d, %d times", status, attempt)
			}
			return Answer{}, c.clean(fmt.Errorf("%s: %w", what, err))
		}
		pause := time.Second << attempt
		if err := c.clock().Sleep(ctx, pause/2+rand.N(pause)); err != nil {
			return Answer{}, err
		}
	}
}

// address resolves a path, and refuses one that leads elsewhere.
func (c *Client) address(path string, query url.Values) (*url.URL, error) {
	base, err := url.Parse(c.Base)
	if err != nil {
		return nil, problem.New(problem.Invalid, "write it as https://host/path", "address %q", c.Base)
	}
	address := path
	if !strings.Contains(path, "://") {
		address = c.Base + path
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: it names the address %q", ErrUnusable, address)
	}
	if u.Scheme != base.Scheme || u.Host != base.Host || u.User != nil {
		return nil, fmt.Errorf("%w: it leads to another host, %s", ErrUnusable, u.Host)
	}
	if len(query) > 0 {
		u.RawQuery = query.Encode()
	}
	return u, nil
}

// wait holds until the system permits a request.
func (c *Client) wait(ctx context.Context, what string) error {
	for {
		c.mu.Lock()
		until, now := c.notFrom, c.clock().Now()
		c.mu.Unlock()
		d := until.Sub(now)
		if d <= 0 {
			return ctx.Err()
		}
		patience := c.Patience
		if patience == 0 {
			patience = time.Hour
		}
		if d > patience {
			return problem.New(nil, "go on with the same command after that time: what was read is stored", "%s: %w until %s", what, ErrLimited, until.UTC().Format("2006-01-02 15:04:05 UTC"))
		}
		if err := c.clock().Sleep(ctx, d); err != nil {
			return err
		}
	}
}

func (c *Client) send(ctx context.Context, method string, address *url.URL, body []byte) (http.Header, []byte, int, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, 0, err
	}
	for key, values := range c.Header {
		req.Header[key] = values
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "diarchy")
	}
	if c.Authorize != nil {
		if err := c.Authorize(req); err != nil {
			return nil, nil, 0, err
		}
	}
	c.mu.Lock()
	c.requests++
	c.mu.Unlock()
	c.usual.Do(func() {
		if c.Transport == nil {
			c.Transport = dial.Transport(c.Base)
		}
	})
	client := http.Client{Transport: c.Transport, CheckRedirect: sameHost}
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err == nil && len(text) > maxBody {
		return nil, nil, 0, fmt.Errorf("%w: it is longer than %d MiB", ErrUnusable, maxBody>>20)
	}
	return res.Header, text, res.StatusCode, err
}

// sameHost refuses redirects to other hosts, and long chains of them.
func sameHost(req *http.Request, via []*http.Request) error {
	if req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return fmt.Errorf("%w: it leads to another host, %s", ErrUnusable, req.URL.Host)
	}
	if len(via) > 3 {
		return fmt.Errorf("%w: it leads from address to address", ErrUnusable)
	}
	return nil
}

// heed keeps requests back when the headers say that none is left.
func (c *Client) heed(h http.Header) {
	for _, prefix := range []string{"X-Ratelimit-", "Ratelimit-", "X-Rate-Limit-"} {
		if h.Get(prefix+"Remaining") != "0" {
			continue
		}
		if reset := h.Get(prefix + "Reset"); reset != "" {
			c.HoldUntil(c.reset(reset))
		}
	}
}

// reset reads a time: seconds since 1970, seconds from now, or a date.
func (c *Client) reset(s string) time.Time {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		if n > 1e9 {
			return time.Unix(n, 0).Add(time.Second) // clocks of whole seconds: not one too early
		}
		return c.clock().Now().Add(time.Duration(n) * time.Second)
	}
	for _, layout := range []string{http.TimeFormat, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// limited tells whether an answer says that there were too many requests, and keeps the
// next ones back until they are permitted.
func (c *Client) limited(h http.Header, text []byte, status int) bool {
	after := h.Get("Retry-After")
	exhausted := h.Get("X-Ratelimit-Remaining") == "0"
	switch {
	case status == http.StatusTooManyRequests:
	case status == http.StatusForbidden && (after != "" || exhausted):
	case status == http.StatusServiceUnavailable && after != "":
	case c.Limited != nil && c.Limited(&http.Response{StatusCode: status, Header: h}, text):
	default:
		return false
	}
	until := c.reset(after)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock().Now()
	if !until.After(now) && !c.notFrom.After(now) { // it does not say until when: longer each time
		c.silence = max(minSilence, 2*c.silence)
		until = now.Add(c.silence)
	}
	if until.After(c.notFrom) {
		c.notFrom = until
	}
	return true
}

// refusal is what a status means.
func refusal(status int, text string) error {
	switch status {
	case http.StatusUnauthorized:
		return problem.New(nil, "make a new token, and put it where the workspace says that it is (token_env or token_file)", "%w", ErrUnauthorized)
	case http.StatusForbidden:
		return problem.New(nil, "give the token the right to read it", "%w", ErrForbidden)
	case http.StatusNotFound, http.StatusGone:
		return problem.New(nil, "look at the name, and whether the token may read it", "%w", ErrNotFound)
	}
	return fmt.Errorf("%w: status %d%s", ErrUnusable, status, excerpt(text))
}

// excerpt is the beginning of what a system says, without control characters.
func excerpt(text string) string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text[:min(len(text), 120)])
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return ": " + s
}

// decode reads one JSON value and nothing after it.
func decode(text []byte, into any) error {
	if into == nil {
		return nil
	}
	if !utf8.Valid(text) {
		return fmt.Errorf("%w: it is not UTF-8", ErrUnusable)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	return nil
}

// next reads the address of the next page.
func (c *Client) next(h http.Header) (string, error) {
	for _, link := range h.Values("Link") {
		for _, part := range strings.Split(link, ",") {
			address, params, _ := strings.Cut(part, ";")
			if !strings.Contains(params, `rel="next"`) {
				continue
			}
			address = strings.Trim(strings.TrimSpace(address), "<>")
			u, err := c.address(address, nil)
			if err != nil {
				return "", err
			}
			return u.String(), nil
		}
	}
	return "", nil
}

// clean takes secrets out of an error.
func (c *Client) clean(err error) error {
	text := c.hide(err.Error())
	if text == err.Error() {
		return err
	}
	return cleaned{text, err}
}

// hide takes secrets out of a text.
func (c *Client) hide(text string) string {
	for _, s := range c.Secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return text
}

// Basic authorizes by a user and a password. The secrets are what no error may show of that.
func Basic(user, password string) (authorize func(*http.Request) error, secrets []string) {
	return func(r *http.Request) error { r.SetBasicAuth(user, password); return nil },
		[]string{password, base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}
}

// cleaned is an error whose text holds no secret.
type cleaned struct {
	text string
	err  error
}

func (c cleaned) Error() string { return c.text }
func (c cleaned) Unwrap() error { return c.err }

func (c *Client) clock() Clock {
	if c.Clock == nil {
		return machine{}
	}
	return c.Clock
}

// machine is the clock of the machine.
type machine struct{}

func (machine) Now() time.Time { return time.Now() }

func (machine) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
