package pagerduty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

const (
	perPage = 100
	last    = 10_000 // PagerDuty gives no entries beyond
	many    = 2_000  // entries of a window that is stored at once
	// widest is the longest window. PagerDuty takes six months; the machine's clock may be behind.
	widest    = 175 * 24 * time.Hour
	narrowest = time.Hour
	// overlap is how far back news are asked for again, as entries may come late.
	overlap = 10 * time.Minute
)

// cursor is where reading stopped. A pass goes in windows from the newest entry back to what was known.
type cursor struct {
	Done  time.Time     `json:"done,omitzero"`  // all entries up to here are read
	Top   time.Time     `json:"top,omitzero"`   // of the pass that goes on: its newest entry
	Until time.Time     `json:"until,omitzero"` // of the pass that goes on: all after this is read
	First time.Time     `json:"first,omitzero"` // of a first pass: the first incident
	Wide  time.Duration `json:"wide,omitempty"` // of the next window
	Read  int           `json:"read,omitempty"`
	Total int           `json:"total,omitempty"`
}

// entry is a log entry: something that happened to an incident.
type entry struct {
	ID       string    `json:"id"`
	Type     string    `json:"type"`
	Created  stamp     `json:"created_at"`
	Incident *incident `json:"incident"`
}

type incident struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Created  stamp      `json:"created_at"`
	Updated  stamp      `json:"updated_at"`
	Changed  stamp      `json:"last_status_change_at"`
	Resolved stamp      `json:"resolved_at"`
	Status   string     `json:"status"`
	Urgency  string     `json:"urgency"`
	Service  *reference `json:"service"`
	Priority *reference `json:"priority"`
	Reason   *struct {
		Type string `json:"type"`
	} `json:"resolve_reason"`
}

type reference struct {
	ID      string `json:"id"`
	Summary string `json:"summary"`
}

// stamp is a time, in whatever zone, or null.
type stamp struct{ time.Time }

func (s *stamp) UnmarshalJSON(text []byte) error {
	var v *string
	if err := json.Unmarshal(text, &v); err != nil || v == nil || *v == "" {
		return err
	}
	t, err := time.Parse(time.RFC3339Nano, *v)
	s.Time = t.UTC().Truncate(time.Microsecond)
	return err
}

// Pull implements source.Feed.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	var c cursor
	if json.Unmarshal([]byte(req.Cursor(f.stream)), &c) != nil {
		c = cursor{}
	}
	if c.Done.IsZero() && c.First.IsZero() {
		first, total, err := f.first(ctx)
		if err != nil {
			return err
		}
		c.First, c.Total = first, total
		if total == 0 {
			return f.emit(ctx, req, cursor{}, fact.Delivery{})
		}
	}
	told, before := map[string]bool{}, c.Read
	for {
		bound := c.First
		if !c.Done.IsZero() {
			bound = c.Done.Add(-overlap)
		}
		d, since, err := f.window(ctx, &c, bound, told)
		if err != nil {
			return err
		}
		c.Until, c.Read = since, before+len(told)
		total := max(0, c.Total-before) // none is known of news
		over := !since.After(bound)
		if over {
			if c.Top.After(c.Done) {
				c.Done = c.Top
			}
			if c.Done.IsZero() {
				c.Done = bound // incidents whose entries are not kept any more
			}
			c = cursor{Done: c.Done, Wide: c.Wide}
		}
		if over {
			total = len(told)
		}
		if req.Progress != nil {
			req.Progress(f.stream, len(told), total)
		}
		if err := f.emit(ctx, req, c, d); err != nil || over {
			return err
		}
	}
}

func (f *Feed) emit(ctx context.Context, req source.Pull, c cursor, d fact.Delivery) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return req.Emit(ctx, source.Page{Stream: f.stream, Cursor: source.Cursor(text), Delivery: d})
}

// window reads the entries of the next window, and gives its incidents and where it begins. The newest
// window has no end, as what happens while it is read belongs to it.
func (f *Feed) window(ctx context.Context, c *cursor, bound time.Time, told map[string]bool) (d fact.Delivery, since time.Time, err error) {
	if c.Wide < narrowest || c.Wide > widest {
		c.Wide = widest
	}
	end := c.Until
	if end.IsZero() {
		end = f.now()
	}
	var list []entry
	for {
		since = end.Add(-c.Wide)
		if since.Before(bound) || !c.Until.IsZero() && !since.Before(c.Until) {
			since = bound
		}
		if !since.Before(end) { // the machine's clock is behind
			since = bound
		}
		var total int
		list, total, err = f.entries(ctx, since, c.Until, c.Wide > narrowest)
		if err != nil {
			return d, since, err
		}
		if total <= many || c.Wide <= narrowest {
			if total < many/4 {
				defer func() { c.Wide = min(2*c.Wide, widest) }()
			}
			break
		}
		c.Wide = max(narrowest, time.Duration(float64(min(c.Wide, end.Sub(since)))*many/float64(total)*0.9))
	}
	d, err = f.incidents(ctx, list, since, c.Until, told)
	for _, e := range list {
		if e.Created.After(c.Top) {
			c.Top = e.Created.Time
		}
	}
	return d, since, err
}

func (f *Feed) now() time.Time {
	if f.clock == nil {
		return time.Now().UTC()
	}
	return f.clock.Now().UTC()
}

// entries reads those of a window. If there are many, it gives up after the first page and says how
// many, so that a narrower window can be asked for.
func (f *Feed) entries(ctx context.Context, since, until time.Time, narrower bool) (list []entry, total int, err error) {
	q := url.Values{"since": {since.Format(time.RFC3339)}, "limit": {fmt.Sprint(perPage)}, "is_overview": {"true"}, "include[]": {"incidents"}, "time_zone": {"UTC"}, "total": {"true"}}
	if !until.IsZero() {
		q.Set("until", until.Add(time.Second).Format(time.RFC3339)) // whole seconds, and one too many
	}
	for offset := 0; ; {
		q.Set("offset", fmt.Sprint(offset))
		var a struct {
			Entries *[]entry `json:"log_entries"`
			More    *bool    `json:"more"`
			Total   int      `json:"total"`
		}
		if _, err := f.client.Get(ctx, "/log_entries", q, &a); err != nil {
			return nil, 0, err
		}
		if a.Entries == nil || a.More == nil {
			return nil, 0, fmt.Errorf("%w: it has no log entries, nor that there are none", api.ErrUnusable)
		}
		list = append(list, *a.Entries...)
		total = max(a.Total, len(list))
		if !*a.More || len(*a.Entries) == 0 || narrower && total > many {
			return list, total, nil
		}
		if offset += len(*a.Entries); offset+perPage > last {
			if narrower {
				return list, last, nil
			}
			return nil, 0, fmt.Errorf("%w: more than %d log entries within an hour", api.ErrUnusable, last)
		}
	}
}

// incidents translates what a window's entries are about. An incident that began before the window or
// went on after it is asked for by itself, as its first acknowledgement may stand elsewhere.
func (f *Feed) incidents(ctx context.Context, list []entry, since, until time.Time, told map[string]bool) (d fact.Delivery, err error) {
	acknowledged := firstAcknowledged(list)
	for _, e := range list {
		if e.ID == "" || e.Incident == nil || e.Incident.ID == "" || e.Created.IsZero() {
			return d, fmt.Errorf("%w: a log entry without id, time or incident", api.ErrUnusable)
		}
		x := *e.Incident
		if told[x.ID] {
			continue
		}
		told[x.ID] = true
		if merged(x) {
			d.Gone = append(d.Gone, fact.Gone{Kind: fact.IncidentItem, ID: x.ID})
			continue
		}
		i, err := x.incident()
		if err != nil {
			return d, err
		}
		if !f.wanted(x) {
			continue
		}
		i.AcknowledgedAt = acknowledged[x.ID]
		if x.Created.Before(since) || !until.IsZero() && (x.Resolved.IsZero() || x.Resolved.After(until)) {
			if i.AcknowledgedAt, err = f.acknowledged(ctx, x.ID); err != nil {
				return d, err
			}
		}
		d.Incidents = append(d.Incidents, i)
	}
	return d, nil
}

func (f *Feed) wanted(x incident) bool {
	return len(f.services) == 0 || x.Service != nil && (f.services[x.Service.ID] || f.services[x.Service.Summary])
}

// merged tells whether an incident was found to be another one.
func merged(x incident) bool { return x.Reason != nil && x.Reason.Type == "merge_resolve_reason" }

// acknowledged asks for an incident's own entries.
func (f *Feed) acknowledged(ctx context.Context, id string) (time.Time, error) {
	var list []entry
	for offset := 0; offset+perPage <= last; {
		var a struct {
			Entries *[]entry `json:"log_entries"`
			More    bool     `json:"more"`
		}
		q := url.Values{"limit": {fmt.Sprint(perPage)}, "offset": {fmt.Sprint(offset)}, "is_overview": {"true"}, "time_zone": {"UTC"}}
		_, err := f.client.Get(ctx, "/incidents/"+url.PathEscape(id)+"/log_entries", q, &a)
		if errors.Is(err, api.ErrNotFound) {
			return time.Time{}, nil
		}
		if err != nil {
			return time.Time{}, err
		}
		if a.Entries == nil {
			return time.Time{}, fmt.Errorf("%w: it has no log entries, nor that there are none", api.ErrUnusable)
		}
		for _, e := range *a.Entries {
			e.Incident = &incident{ID: id}
			list = append(list, e)
		}
		if offset += len(*a.Entries); !a.More || len(*a.Entries) == 0 {
			break
		}
	}
	return firstAcknowledged(list)[id], nil
}

func firstAcknowledged(list []entry) map[string]time.Time {
	out := map[string]time.Time{}
	for _, e := range list {
		if e.Incident == nil || e.Type != "acknowledge_log_entry" && e.Type != "acknowledge_log_entry_reference" {
			continue
		}
		if at, ok := out[e.Incident.ID]; !ok || e.Created.Before(at) {
			out[e.Incident.ID] = e.Created.Time
		}
	}
	return out
}

// incident translates one, without when it was acknowledged.
func (x incident) incident() (i fact.Incident, err error) {
	if x.Created.IsZero() || x.Status == "" {
		return i, fmt.Errorf("%w: incident %.40q without status or time", api.ErrUnusable, x.ID)
	}
	i = fact.Incident{ID: x.ID, Title: x.Title, Severity: x.Urgency, OpenedAt: x.Created.Time, UpdatedAt: x.Updated.Time}
	if x.Service != nil {
		i.Service = x.Service.Summary
	}
	if x.Priority != nil && x.Priority.Summary != "" {
		i.Severity = x.Priority.Summary
	}
	if x.Status == "resolved" {
		i.ResolvedAt = x.Resolved.Time
		if i.ResolvedAt.IsZero() {
			i.ResolvedAt = x.Changed.Time
		}
	}
	for _, at := range []time.Time{x.Created.Time, x.Changed.Time, i.ResolvedAt} {
		if x.Updated.IsZero() && at.After(i.UpdatedAt) {
			i.UpdatedAt = at
		}
	}
	return i, nil
}
