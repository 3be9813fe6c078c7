package opsgenie

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

const (
	perPage = 100
	overlap = 10 * time.Minute // news are asked for from so much before what was known
)

// cursor is where reading stopped. A pass goes from the newest incident down. Opsgenie cannot list them by their
// last change, so those that were not resolved are kept in mind, and asked for again.
type cursor struct {
	Done  time.Time            `json:"done,omitzero"` // all that were opened up to here are read
	Top   time.Time            `json:"top,omitzero"`  // of the pass that goes on: the newest
	Below int64                `json:"below,omitempty"`
	Known map[string]time.Time `json:"known,omitempty"` // open or opened lately: their last change
	Found map[string]time.Time `json:"found,omitempty"` // of the pass that goes on: what Known will be
}

// incident is an incident or an alert.
type incident struct {
	ID       string   `json:"id"`
	Message  string   `json:"message"`
	Status   string   `json:"status"` // open, resolved, closed
	Created  stamp    `json:"createdAt"`
	Updated  stamp    `json:"updatedAt"`
	Priority string   `json:"priority"`
	Service  string   `json:"serviceId"`
	Impacted []string `json:"impactedServices"`
	Report   *struct {
		Ack   int64 `json:"ackTime"`   // milliseconds after it was opened
		Close int64 `json:"closeTime"` // the same
	} `json:"report"`
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

// pass is one reading: what it learns on the way.
type pass struct {
	*Feed
	cursor
	services map[string]string // id to name; nil until they are needed
	told     map[string]bool
	guessed  int // incidents whose timeline could not be read
	read     int // incidents of this reading
}

// Pull implements source.Feed.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	p := &pass{Feed: f, told: map[string]bool{}}
	if json.Unmarshal([]byte(req.Cursor(f.kind.stream)), &p.cursor) != nil {
		p.cursor = cursor{}
	}
	for {
		list, total, err := f.list(ctx, p.query(), perPage)
		if err != nil {
			return err
		}
		over, err := p.advance(list)
		if err != nil {
			return err
		}
		d, err := p.page(ctx, list)
		if err == nil && over {
			err = p.ended(ctx, &d)
		}
		if err != nil {
			return err
		}
		if total += p.read - len(list); over {
			total = p.read
		}
		if req.Progress != nil {
			req.Progress(f.kind.stream, p.read, total)
		}
		if err := p.emit(ctx, req, d, over); err != nil || over {
			return err
		}
	}
}

func (p *pass) emit(ctx context.Context, req source.Pull, d fact.Delivery, over bool) error {
	if over {
		if p.Top.After(p.Done) {
			p.Done = p.Top
		}
		p.cursor = cursor{Done: p.Done, Known: p.Found}
	}
	text, err := json.Marshal(p.cursor)
	if err != nil {
		return err
	}
	page := source.Page{Stream: p.kind.stream, Cursor: source.Cursor(text), Delivery: d}
	if p.guessed > 0 {
		page.Skipped = []fact.Skipped{{What: "when incidents were acknowledged and resolved", Why: "the key may not read their timelines; the last change is taken for the resolution", Count: p.guessed}}
		p.guessed = 0
	}
	return req.Emit(ctx, page)
}

// query finds what a pass has to read next.
func (p *pass) query() string {
	var parts []string
	if p.kind.query != "" {
		parts = append(parts, "("+p.kind.query+")")
	}
	if !p.Done.IsZero() {
		parts = append(parts, fmt.Sprintf("(createdAt >= %d OR status: open)", p.Done.Add(-overlap).UnixMilli()))
	}
	if p.Below > 0 {
		parts = append(parts, fmt.Sprintf("createdAt <= %d", p.Below))
	}
	query := ""
	for i, s := range parts {
		if i > 0 {
			query += " AND "
		}
		query += s
	}
	return query
}

// page translates what is new on a page.
func (p *pass) page(ctx context.Context, list []incident) (d fact.Delivery, err error) {
	if p.Found == nil {
		p.Found = map[string]time.Time{}
	}
	lately := p.Top.Add(-overlap)
	for _, x := range list {
		if p.told[x.ID] {
			continue
		}
		p.told[x.ID] = true
		if x.Status == "open" || !x.Created.Before(lately) {
			p.Found[x.ID] = x.Updated.Time
		}
		if at, known := p.Known[x.ID]; known && at.Equal(x.Updated.Time) {
			continue
		}
		i, err := p.translate(ctx, x)
		if err != nil {
			return d, err
		}
		d.Incidents = append(d.Incidents, i)
	}
	return d, nil
}

// advance says whether the pass is over. The next page begins with what has the time of the last one.
func (p *pass) advance(list []incident) (over bool, err error) {
	p.read += len(list)
	if len(list) == 0 {
		return true, nil
	}
	for _, x := range list {
		if x.Created.After(p.Top) {
			p.Top = x.Created.Time
		}
	}
	oldest := slices.MinFunc(list, func(a, b incident) int { return a.Created.Compare(b.Created.Time) }).Created.UnixMilli()
	if len(list) < perPage {
		return true, nil
	}
	if p.Below > 0 && oldest >= p.Below {
		return false, fmt.Errorf("%w: its pages lead in a circle", api.ErrUnusable)
	}
	p.Below = oldest
	return false, nil
}

// ended asks for those that were open and are not listed any more.
func (p *pass) ended(ctx context.Context, d *fact.Delivery) error {
	for _, id := range slices.Sorted(maps.Keys(p.Known)) {
		if _, listed := p.Found[id]; listed || p.told[id] {
			continue
		}
		var a struct {
			Data *incident `json:"data"`
		}
		_, err := p.client.Get(ctx, p.kind.path+"/"+url.PathEscape(id), nil, &a)
		if errors.Is(err, api.ErrNotFound) { // deleted, or hidden for now
			p.Found[id] = p.Known[id]
			continue
		}
		if err != nil {
			return err
		}
		if a.Data == nil || a.Data.ID != id || a.Data.Created.IsZero() || a.Data.Updated.IsZero() {
			return fmt.Errorf("%w: another one of the %s than was asked for", api.ErrUnusable, p.kind.stream)
		}
		if a.Data.Status == "open" {
			p.Found[id] = a.Data.Updated.Time
		}
		if a.Data.Updated.Equal(p.Known[id]) {
			continue
		}
		i, err := p.translate(ctx, *a.Data)
		if err != nil {
			return err
		}
		d.Incidents = append(d.Incidents, i)
	}
	return nil
}

// translate makes a fact of one, with its service's name and what its timeline or its report tells.
func (p *pass) translate(ctx context.Context, x incident) (i fact.Incident, err error) {
	i = fact.Incident{ID: x.ID, Title: x.Message, Severity: x.Priority, OpenedAt: x.Created.Time, UpdatedAt: x.Updated.Time}
	if i.Service, err = p.service(ctx, x); err != nil {
		return i, err
	}
	if !p.kind.timelines {
		i.AcknowledgedAt, i.ResolvedAt, err = x.reported()
		return i, err
	}
	t, err := p.timeline(ctx, x.ID)
	if errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound) {
		p.guessed++
		err = nil
	}
	if err != nil {
		return i, err
	}
	i.AcknowledgedAt = t.acknowledged
	if x.Status != "open" {
		if i.ResolvedAt = t.resolved; i.ResolvedAt.IsZero() {
			i.ResolvedAt = x.Updated.Time
		}
	}
	return i, nil
}

// reported reads the report of an alert.
func (x incident) reported() (acknowledged, resolved time.Time, err error) {
	const century = 100 * 365 * 24 * 3600 * 1000
	if x.Report != nil {
		if x.Report.Ack < 0 || x.Report.Close < 0 || x.Report.Ack > century || x.Report.Close > century {
			return acknowledged, resolved, fmt.Errorf("%w: the report of alert %.40q", api.ErrUnusable, x.ID)
		}
		if x.Report.Ack > 0 {
			acknowledged = x.Created.Add(time.Duration(x.Report.Ack) * time.Millisecond)
		}
		if x.Report.Close > 0 && x.Status != "open" {
			resolved = x.Created.Add(time.Duration(x.Report.Close) * time.Millisecond)
		}
	}
	if x.Status != "open" && resolved.IsZero() {
		resolved = x.Updated.Time
	}
	return acknowledged, resolved, nil
}

type timeline struct{ acknowledged, resolved time.Time }

// timeline reads when an incident was first acknowledged, and when it was resolved last.
func (f *Feed) timeline(ctx context.Context, id string) (t timeline, err error) {
	q := url.Values{"limit": {"100"}}
	seen := map[string]bool{}
	for {
		var a struct {
			Data *struct {
				Entries []struct {
					Type string `json:"type"`
					Time stamp  `json:"eventTime"`
				} `json:"entries"`
				Next string `json:"nextOffset"`
			} `json:"data"`
		}
		if _, err := f.client.Get(ctx, "/v2/incident-timelines/"+url.PathEscape(id)+"/entries", q, &a); err != nil {
			return t, err
		}
		if a.Data == nil {
			return t, fmt.Errorf("%w: it has no entries, nor that there are none", api.ErrUnusable)
		}
		for _, e := range a.Data.Entries {
			switch {
			case e.Type == "ResponderAlertAcked" && (t.acknowledged.IsZero() || e.Time.Before(t.acknowledged)):
				t.acknowledged = e.Time.Time
			case (e.Type == "IncidentResolved" || e.Type == "IncidentClosed" && t.resolved.IsZero()) && e.Time.After(t.resolved):
				t.resolved = e.Time.Time
			}
		}
		if a.Data.Next == "" || len(a.Data.Entries) == 0 {
			return t, nil
		}
		if seen[a.Data.Next] {
			return t, fmt.Errorf("%w: the pages of a timeline lead in a circle", api.ErrUnusable)
		}
		seen[a.Data.Next] = true
		q.Set("offset", a.Data.Next)
	}
}

// service is the name of the service that an incident is of: the first, if there are several.
func (p *pass) service(ctx context.Context, x incident) (string, error) {
	id := x.Service
	if id == "" && len(x.Impacted) > 0 {
		id = x.Impacted[0]
	}
	if id == "" {
		return "", nil
	}
	if p.services == nil {
		if err := p.readServices(ctx); err != nil {
			return "", err
		}
	}
	if name := p.services[id]; name != "" {
		return name, nil
	}
	return id, nil
}

func (p *pass) readServices(ctx context.Context) error {
	p.services = map[string]string{}
	for offset := 0; ; {
		var a struct {
			Data []struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"data"`
			Paging struct {
				Next string `json:"next"`
			} `json:"paging"`
		}
		_, err := p.client.Get(ctx, "/v1/services", url.Values{"limit": {strconv.Itoa(perPage)}, "offset": {strconv.Itoa(offset)}}, &a)
		if errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound) {
			return nil // services keep their ids for names
		}
		if err != nil {
			return err
		}
		for _, s := range a.Data {
			p.services[s.ID] = s.Name
		}
		if offset += len(a.Data); a.Paging.Next == "" || len(a.Data) == 0 {
			return nil
		}
	}
}
