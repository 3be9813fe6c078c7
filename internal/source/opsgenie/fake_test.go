package opsgenie

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

type object = map[string]any

// fake speaks Opsgenie's documented protocol over a world.
type fake struct {
	w           *sourcetest.World
	asked       []string
	noTimelines bool
	throttle    int // requests that are refused in Opsgenie's own way
	period      time.Time
	tooEarly    bool
	clock       func() time.Time
}

func newFake(w *sourcetest.World) *fake { return &fake{w: w} }

var services = map[string]string{"checkout": "5db996b8-1", "search": "5db996b8-2"}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.w.Lock()
	defer f.w.Unlock()
	f.asked = append(f.asked, r.URL.Path)
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("Authorization") != "GenieKey "+sourcetest.Token {
		refuse(w, 401, "Could not authenticate")
		return
	}
	if f.throttle > 0 {
		f.tooEarly = f.tooEarly || f.clock().Before(f.period)
		f.throttle--
		f.period = f.clock().Add(5 * time.Minute)
		w.Header().Set("X-RateLimit-State", "THROTTLED")
		w.Header().Set("X-RateLimit-Period-In-Sec", "300")
		refuse(w, 429, "You are making too many requests!")
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	switch {
	case r.URL.Path == "/v1/incidents" || r.URL.Path == "/v2/alerts":
		f.list(w, r)
	case strings.HasPrefix(r.URL.Path, "/v1/incidents/") || strings.HasPrefix(r.URL.Path, "/v2/alerts/"):
		for _, i := range f.w.Incidents {
			if i.ID == parts[3] {
				answer(w, object{"data": f.item(i, parts[2] == "alerts")})
				return
			}
		}
		refuse(w, 404, "Not found")
	case strings.HasPrefix(r.URL.Path, "/v2/incident-timelines/") && !f.noTimelines:
		f.timeline(w, parts[3], r.FormValue("offset"))
	case r.URL.Path == "/v1/services":
		list := []object{}
		for name, id := range services {
			list = append(list, object{"id": id, "name": name, "teamId": "t"})
		}
		answer(w, object{"data": list, "paging": object{"first": "x", "last": "x"}})
	case f.noTimelines:
		refuse(w, 403, "You are not authorized for this action")
	default:
		refuse(w, 404, "Not found")
	}
}

func answer(w http.ResponseWriter, v object) {
	v["took"], v["requestId"] = 0.1, "37daec35"
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.WriteHeader(status)
	answer(w, object{"message": message})
}

var condition = regexp.MustCompile(`createdAt (>=|<=|>) (\d+)( OR status: open)?`)

func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	offset, _ := strconv.Atoi(r.FormValue("offset"))
	query := r.FormValue("query")
	if limit < 1 || limit > 100 || offset+limit > 20000 || query == "" || r.FormValue("sort") != "createdAt" || r.FormValue("order") != "desc" {
		refuse(w, 422, "Request body is not processable")
		return
	}
	list := slices.Clone(f.w.Incidents)
	if slices.IsSortedFunc(list, func(a, b fact.Incident) int { return a.OpenedAt.Compare(b.OpenedAt) }) {
		slices.Reverse(list)
	} else {
		slices.SortStableFunc(list, func(a, b fact.Incident) int { return b.OpenedAt.Compare(a.OpenedAt) })
	}
	conditions := condition.FindAllStringSubmatch(query, -1)
	list = slices.DeleteFunc(list, func(i fact.Incident) bool {
		for _, c := range conditions {
			ms, _ := strconv.ParseInt(c[2], 10, 64)
			at := i.OpenedAt.UnixMilli()
			holds := c[1] == ">=" && at >= ms || c[1] == "<=" && at <= ms || c[1] == ">" && at > ms || c[3] != "" && i.ResolvedAt.IsZero()
			if !holds {
				return true
			}
		}
		return strings.Contains(query, "(priority: high)") && i.Severity != "high"
	})
	alerts := r.URL.Path == "/v2/alerts"
	out := []object{}
	for _, i := range list[min(offset, len(list)):min(offset+limit, len(list))] {
		out = append(out, f.item(i, alerts))
	}
	last := (&url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawQuery: fmt.Sprintf("limit=%d&offset=%d", limit, max(0, len(list)-limit))}).String()
	answer(w, object{"data": out, "paging": object{"first": last, "last": last}})
}

func (f *fake) item(i fact.Incident, alert bool) object {
	o := object{"id": i.ID, "tinyId": "12", "message": i.Title, "status": "open", "tags": []string{}, "priority": i.Severity, "ownerTeam": "t", "responders": []object{{"type": "user", "id": "somebody"}},
		"createdAt": i.OpenedAt.Format("2006-01-02T15:04:05.000Z07:00"), "updatedAt": i.UpdatedAt.In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.000Z07:00"), "extraProperties": object{}}
	if !i.ResolvedAt.IsZero() {
		o["status"] = "resolved"
	}
	if !alert {
		o["impactedServices"] = []string{services[i.Service]}
		return o
	}
	report := object{}
	if !i.AcknowledgedAt.IsZero() {
		report["ackTime"] = i.AcknowledgedAt.Sub(i.OpenedAt).Milliseconds()
	}
	if !i.ResolvedAt.IsZero() {
		o["status"], report["closeTime"] = "closed", i.ResolvedAt.Sub(i.OpenedAt).Milliseconds()
	}
	o["acknowledged"], o["report"], o["integration"] = !i.AcknowledgedAt.IsZero(), report, object{"id": "x", "name": "Prometheus"}
	return o
}

// timeline has two pages: what happened, and that it was closed the day after.
func (f *fake) timeline(w http.ResponseWriter, id, offset string) {
	entries := []object{}
	add := func(kind string, at time.Time) {
		if !at.IsZero() {
			entries = append(entries, object{"id": kind, "group": "incident", "type": kind, "eventTime": at.Format(time.RFC3339Nano), "actor": object{"name": "Somebody", "type": "user"}})
		}
	}
	for _, i := range f.w.Incidents {
		if i.ID == id {
			add("IncidentOpened", i.OpenedAt)
			add("ResponderAlertAcked", i.AcknowledgedAt)
			if !i.AcknowledgedAt.IsZero() {
				add("ResponderAlertAcked", i.AcknowledgedAt.Add(time.Minute)) // by a second responder
			}
			add("IncidentResolved", i.ResolvedAt)
			if !i.ResolvedAt.IsZero() {
				add("IncidentClosed", i.ResolvedAt.Add(24*time.Hour))
			}
		}
	}
	answer(w, object{"data": object{"entries": entries}})
}
