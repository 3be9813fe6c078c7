package pagerduty

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

type object = map[string]any

// fake speaks PagerDuty's documented protocol over a world.
type fake struct {
	w     *sourcetest.World
	asked []string
	most  int // entries that an offset reaches
}

func newFake(w *sourcetest.World) *fake { return &fake{w: w, most: 10_000} }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.w.Lock()
	defer f.w.Unlock()
	f.asked = append(f.asked, r.URL.Path)
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("Authorization") != "Token token="+sourcetest.Token {
		refuse(w, 401, 2006, "Invalid Credentials")
		return
	}
	limit, offset := number(r, "limit", 25), number(r, "offset", 0)
	if limit > 100 || offset+limit > f.most {
		refuse(w, 400, 2001, "Invalid Input Provided")
		return
	}
	one := regexp.MustCompile(`^/incidents/(\w+)/log_entries$`).FindStringSubmatch(r.URL.Path)
	switch {
	case r.URL.Path == "/incidents" && r.FormValue("date_range") == "all" && r.FormValue("sort_by") == "created_at:asc":
		list := []object{}
		if len(f.w.Incidents) > 0 {
			list = append(list, f.incident(slices.MinFunc(f.w.Incidents, func(a, b fact.Incident) int { return a.OpenedAt.Compare(b.OpenedAt) })))
		}
		_ = json.NewEncoder(w).Encode(object{"incidents": list, "limit": 1, "offset": 0, "more": len(f.w.Incidents) > 1, "total": len(f.w.Incidents)})
	case r.URL.Path == "/log_entries":
		since, err := time.Parse(time.RFC3339, cmp.Or(r.FormValue("since"), f.w.Now.AddDate(0, -1, 0).Format(time.RFC3339)))
		until := f.w.Now
		if s := r.FormValue("until"); s != "" && err == nil {
			until, err = time.Parse(time.RFC3339, s)
		}
		if err != nil || since.Before(until.AddDate(0, -6, 0)) {
			refuse(w, 400, 2001, "Time range may not exceed 6 months")
			return
		}
		f.page(w, f.entries("", since, until), limit, offset, r.FormValue("include[]") == "incidents", r.FormValue("total") == "true")
	case one != nil:
		f.page(w, f.entries(one[1], time.Time{}, f.w.Now), limit, offset, false, false)
	default:
		refuse(w, 404, 2100, "Not Found")
	}
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"error": object{"code": code, "message": message}})
}

func number(r *http.Request, name string, otherwise int) int {
	if n, err := strconv.Atoi(r.FormValue(name)); err == nil {
		return n
	}
	return otherwise
}

type logged struct {
	at   time.Time
	kind string
	of   fact.Incident
}

// entries are those of a time or of an incident, newest first.
func (f *fake) entries(id string, since, until time.Time) (out []logged) {
	for _, i := range f.w.Incidents {
		for _, e := range []logged{{i.OpenedAt, "trigger_log_entry", i}, {i.AcknowledgedAt, "acknowledge_log_entry", i}, {i.ResolvedAt, "resolve_log_entry", i}} {
			if !e.at.IsZero() && (id == "" || i.ID == id) && !e.at.Before(since) && e.at.Before(until) {
				out = append(out, e)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b logged) int { return b.at.Compare(a.at) })
	return out
}

func (f *fake) page(w http.ResponseWriter, all []logged, limit, offset int, whole, total bool) {
	end := min(offset+limit, len(all))
	list := []object{}
	for _, e := range all[min(offset, end):end] {
		in := object{"id": e.of.ID, "type": "incident_reference", "summary": "[#1] " + e.of.Title}
		if whole {
			in = f.incident(e.of)
		}
		list = append(list, object{"id": e.of.ID + e.kind, "type": e.kind, "created_at": e.at.Format(time.RFC3339), "incident": in, "agent": object{"summary": "Somebody"}, "channel": object{"type": "api"}})
	}
	a := object{"log_entries": list, "limit": limit, "offset": offset, "more": end < len(all), "total": nil}
	if total {
		a["total"] = len(all)
	}
	_ = json.NewEncoder(w).Encode(a)
}

func (f *fake) incident(i fact.Incident) object {
	o := object{"id": i.ID, "type": "incident", "summary": "[#1] " + i.Title, "title": i.Title, "created_at": i.OpenedAt.Format(time.RFC3339), "updated_at": i.UpdatedAt.Format(time.RFC3339), "last_status_change_at": i.UpdatedAt.Format(time.RFC3339),
		"status": "triggered", "service": object{"id": "S" + i.Service, "type": "service_reference", "summary": i.Service}, "assignments": []object{{"assignee": object{"summary": "Somebody"}}}, "resolved_at": nil, "priority": nil, "urgency": i.Severity, "resolve_reason": nil}
	if !i.AcknowledgedAt.IsZero() {
		o["status"] = "acknowledged"
	}
	if !i.ResolvedAt.IsZero() {
		o["status"], o["resolved_at"] = "resolved", i.ResolvedAt.Format(time.RFC3339)
	}
	if p, ok := map[string]bool{"P1": true, "P2": true}[i.Severity]; ok && p {
		o["urgency"], o["priority"] = "high", object{"id": "PRIO", "summary": i.Severity}
	}
	if i.Title == "merged" {
		o["resolve_reason"] = object{"type": "merge_resolve_reason", "incident": object{"id": "P1"}}
	}
	return o
}
