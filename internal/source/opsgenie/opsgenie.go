// Package opsgenie reads incidents of Opsgenie, or alerts of companies that declare no incidents, with
// their services, priority, and when they were opened, first acknowledged and resolved. It does not read
// who was called or did anything, and cannot tell which deployment caused an incident.
package opsgenie

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/diarchy/diarchy/internal/dial"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Options say what is read, and how.
type Options struct {
	Address   string // "" for https://api.opsgenie.com
	Token     string // key of an API integration with the right to read
	Alerts    string // a search: alerts that it finds are read in the place of incidents
	Clock     api.Clock
	Transport http.RoundTripper
}

// Feed is one account of Opsgenie.
type Feed struct {
	client *api.Client
	host   string
	kind   kind
}

// kind is what is read: incidents or alerts.
type kind struct {
	stream, path, query string
	timelines           bool
}

// New makes the feed of an account.
func New(o Options) *Feed {
	address := strings.TrimRight(o.Address, "/")
	if address == "" {
		address = "https://api.opsgenie.com"
	}
	f := &Feed{kind: kind{stream: "incidents", path: "/v1/incidents", timelines: true}}
	if o.Alerts != "" {
		f.kind = kind{stream: "alerts", path: "/v2/alerts", query: o.Alerts}
	}
	if u, err := url.Parse(address); err == nil {
		f.host = u.Host
	}
	inner := o.Transport
	if inner == nil {
		inner = dial.Transport(address)
	}
	f.client = &api.Client{Base: address, Secrets: []string{o.Token}, Transport: throttled{inner}, Clock: o.Clock,
		Authorize: func(r *http.Request) error { r.Header.Set("Authorization", "GenieKey "+o.Token); return nil }}
	return f
}

// throttled tells in the usual header what Opsgenie says in its own: for how long nothing is permitted.
type throttled struct{ http.RoundTripper }

func (t throttled) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.RoundTripper.RoundTrip(r)
	if err == nil && res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") == "" {
		if period := res.Header.Get("X-Ratelimit-Period-In-Sec"); period != "" {
			res.Header.Set("Retry-After", period)
		}
	}
	return res, err
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.host }

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (s source.Sight, err error) {
	list, _, err := f.list(ctx, f.kind.query, 1)
	if errors.Is(err, api.ErrForbidden) && f.kind.timelines {
		s.Lacks = append(s.Lacks, source.Lack{What: "incidents", Why: "the plan has no incidents, or the key may not read them", Costs: "change failure rate, failed deployment recovery time", Do: "give the integration the right to read, or say which alerts count as incidents (alerts)"})
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.Sees = append(s.Sees, source.Seen{Of: f.host, What: f.kind.stream})
	if len(list) == 0 {
		s.Lacks = append(s.Lacks, source.Lack{What: f.kind.stream, Why: "there is none that the key can see", Costs: "change failure rate, failed deployment recovery time", Do: "take the key of an integration of no team; if no incidents are declared, say which alerts count as such (alerts)"})
		return s, nil
	}
	if !f.kind.timelines {
		return s, nil
	}
	if _, err := f.timeline(ctx, list[0].ID); err != nil {
		s.Lacks = append(s.Lacks, source.Lack{What: "timelines of incidents", Why: err.Error(), Costs: "when they were acknowledged; when they were resolved is taken from their last change", Do: "give the integration the right to read incidents"})
	}
	return s, nil
}

// list asks for the newest that a search finds, and about how many there are.
func (f *Feed) list(ctx context.Context, query string, limit int) (list []incident, total int, err error) {
	q := url.Values{"limit": {fmt.Sprint(limit)}, "sort": {"createdAt"}, "order": {"desc"}, "offset": {"0"}}
	if query == "" {
		query = "createdAt > 0"
	}
	q.Set("query", query)
	var a struct {
		Data   *[]incident `json:"data"`
		Paging struct {
			Last string `json:"last"`
		} `json:"paging"`
	}
	if _, err := f.client.Get(ctx, f.kind.path, q, &a); err != nil {
		return nil, 0, err
	}
	if a.Data == nil {
		return nil, 0, fmt.Errorf("%w: it has no %s, nor that there are none", api.ErrUnusable, f.kind.stream)
	}
	for _, x := range *a.Data {
		if x.ID == "" || x.Created.IsZero() || x.Updated.IsZero() || x.Status == "" {
			return nil, 0, fmt.Errorf("%w: one of the %s lacks its id, status or times", api.ErrUnusable, f.kind.stream)
		}
	}
	if u, err := url.Parse(a.Paging.Last); err == nil {
		if _, err := fmt.Sscan(u.Query().Get("offset"), &total); err == nil {
			total += limit
		}
	}
	return *a.Data, max(total, len(*a.Data)), nil
}
