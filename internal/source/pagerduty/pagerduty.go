// Package pagerduty reads incidents of PagerDuty with their services, priority or urgency, and when they
// were opened, first acknowledged and resolved. It follows the account's log entries, which tell what
// happened to which incident, as PagerDuty has no listing of incidents by their last change. It does not
// read who was called or did anything, and cannot tell which deployment caused an incident.
package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Options say what is read, and how.
type Options struct {
	Address   string   // "" for https://api.pagerduty.com
	Token     string   // key of the REST API, read-only
	Projects  []string // names or ids of services; none for all
	Clock     api.Clock
	Transport http.RoundTripper
}

// Feed is one account of PagerDuty.
type Feed struct {
	client   *api.Client
	host     string
	stream   string // of some services it is another: two accounts are read at one host
	services map[string]bool
	clock    api.Clock
}

// New makes the feed of an account.
func New(o Options) *Feed {
	address := strings.TrimRight(o.Address, "/")
	if address == "" {
		address = "https://api.pagerduty.com"
	}
	f := &Feed{stream: "incidents", services: map[string]bool{}, clock: o.Clock}
	for _, s := range o.Projects {
		f.services[s] = true
	}
	if len(o.Projects) > 0 {
		f.stream = strings.Join(slices.Sorted(maps.Keys(f.services)), ", ") + " " + f.stream
	}
	if u, err := url.Parse(address); err == nil {
		f.host = u.Host
	}
	f.client = &api.Client{Base: address, Header: http.Header{"Accept": {"application/vnd.pagerduty+json;version=2"}}, Secrets: []string{o.Token}, Transport: o.Transport, Clock: o.Clock,
		Authorize: func(r *http.Request) error { r.Header.Set("Authorization", "Token token="+o.Token); return nil }}
	return f
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.host }

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (s source.Sight, err error) {
	_, total, err := f.first(ctx)
	if err != nil {
		return s, err
	}
	if _, err := f.client.Get(ctx, "/log_entries", url.Values{"limit": {"1"}}, nil); errors.Is(err, api.ErrForbidden) {
		s.Lacks = append(s.Lacks, source.Lack{What: "log entries", Why: api.ErrForbidden.Error(), Costs: "all incidents, which are found by them", Do: "give the key read access to the whole account"})
	} else if err != nil {
		return s, err
	}
	if total == 0 {
		s.Lacks = append(s.Lacks, source.Lack{What: "incidents", Why: "there is none that the key can see", Costs: "change failure rate, failed deployment recovery time", Do: "take a key that sees all teams"})
	}
	s.Sees = append(s.Sees, source.Seen{Of: f.host, What: fmt.Sprintf("incidents (%d)", total)})
	return s, nil
}

// begin is before any incident of PagerDuty.
var begin = time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)

// first says when the first incident was opened, and how many there are.
func (f *Feed) first(ctx context.Context) (time.Time, int, error) {
	var a struct {
		Incidents *[]incident `json:"incidents"`
		Total     int         `json:"total"`
	}
	q := url.Values{"date_range": {"all"}, "sort_by": {"created_at:asc"}, "limit": {"1"}, "total": {"true"}, "time_zone": {"UTC"}}
	if _, err := f.client.Get(ctx, "/incidents", q, &a); err != nil {
		return time.Time{}, 0, err
	}
	if a.Incidents == nil {
		return time.Time{}, 0, fmt.Errorf("%w: it has no incidents, nor that there are none", api.ErrUnusable)
	}
	if len(*a.Incidents) == 0 {
		return time.Time{}, 0, nil
	}
	at := (*a.Incidents)[0].Created.Time
	if at.Before(begin) {
		at = begin
	}
	return at, a.Total, nil
}
