package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

//go:embed templates/*.tmpl
var templateFiles embed.FS

// pages are the site's templates: every page is the layout around a content of its own,
// made of shared pieces.
type pages map[string]*template.Template

// pageNames are the pages: a file each, which defines what the layout calls content.
var pageNames = []string{"room", "enter", "shown", "error"}

// parsePages parses the layout and the pieces once, and each page over a copy of them.
func parsePages() (pages, error) {
	shared, err := report.PartTemplates()
	if err == nil {
		shared, err = shared.ParseFS(templateFiles, "templates/layout.tmpl", "templates/piece-*.tmpl")
	}
	if err != nil {
		return nil, err
	}
	out := pages{}
	for _, name := range pageNames {
		text, err := fs.ReadFile(templateFiles, "templates/"+name+".tmpl")
		if err != nil {
			return nil, err
		}
		page, err := shared.Clone()
		if err == nil {
			page, err = page.New("content").Parse(string(text))
		}
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		out[name] = page
	}
	return out, nil
}

// frame is what the layout shows around every page.
type frame struct {
	Title    string
	Company  string
	AsOf     string // in words
	Program  string
	Viewer   string // "" for nobody
	Rooms    []roomLink
	Here     string // path of this page
	Address  string // of this page, with its state
	Place    placeForm
	Seen     []option // the place, for forms that lead elsewhere
	Account  string   // address of one's own account
	Help     string
	Notice   string // what has just happened
	Reading  string // what is being read; "" when nothing is
	ReadAt   string
	Exports  []exportLink
	Dated    *exportLink // the page with the newest day in its address; nil where that says a day, or shows none
	Search   string      // address of the search
	Theme    string      // light or dark; "" is what the system prefers
	Themes   []choice
	Style    string
	Charts   string // address of the charts' script; "" when there is nothing to draw
	Keys     string // address of the keys' script; "" when it is not built
	Drawings []report.Drawing
}

type roomLink struct {
	Label, Address, Key string
	Here                bool
}

type exportLink struct{ Label, Address string }

// placeForm is where scope, day and period are chosen.
type placeForm struct {
	Scopes  []choice
	AsOf    string
	Periods []choice
	Kept    []option // all else that the address says
	Of      string   // what the page is of, where that cannot be chosen
	Stays   string   // the part that stays chosen for other rooms
}

// heeded leaves to choose what a room heeds of a place, and keeps the rest.
func (f placeForm) heeded(p Place, m room) placeForm {
	if !slices.Contains(m.heeds, byPart) {
		f.Scopes, f.Of = nil, orElse(m.of, "the whole company")
		if p.Scope != "" {
			f.Kept, f.Stays = append(f.Kept, option{"scope", p.Scope}), partWords(p.Scope)
		}
	}
	if !slices.Contains(m.heeds, byPeriod) {
		f.Periods = nil
		if p.Period != "" {
			f.Kept = append(f.Kept, option{"period", p.Period})
		}
	}
	return f
}

// partWords names a part of the company: team storefront.
func partWords(scope string) string { return report.Clean(strings.Replace(scope, ":", " ", 1)) }

type choice struct {
	Value, Label string
	Chosen       bool
}

func choices(all []option, chosen string) []choice {
	var out []choice
	for _, o := range all {
		out = append(out, choice{o.Value, o.Label, o.Value == chosen})
	}
	return out
}

// frameOf makes the frame of a page for who looks at it.
func (s *Server) frameOf(r *request, title string) (frame, error) {
	f := frame{Title: title, Program: s.program, Viewer: r.viewer.Name, Here: r.URL.Path, Address: r.URL.RequestURI(), Style: s.files.style.address(), Keys: s.files.keys.address(), AsOf: report.Day(r.place.AsOf),
		Seen: r.place.hidden(), Account: r.place.address("/account"), Help: r.place.address("/help")}
	if r.Method != http.MethodGet || r.URL.Path == "/enter/back" { // nobody comes back to what a form or a provider sent
		f.Address, f.Here = "/", s.pageAbove(r.URL.Path)
	}
	if f.Theme = s.cookieValue(r.Request, "diarchy-theme"); f.Theme != "light" && f.Theme != "dark" {
		f.Theme = ""
	}
	f.Themes = choices(themes, f.Theme)
	if r.viewer.Account == "" || r.policy == nil {
		return f, nil
	}
	st, err := s.company.Standing(r.Context())
	if err != nil {
		return f, err
	}
	f.Company, f.Reading, f.ReadAt = report.Clean(st.Company), st.Reading, st.ReadAt
	if r.place.AsOf == "" {
		f.AsOf = report.Day(st.AsOf)
		f.Dated = dated(r, st.AsOf)
	}
	scopes := []option{{"", "The whole company"}}
	own, err := s.scopes(r)
	if err != nil {
		return f, err
	}
	for _, scope := range own {
		scopes = append(scopes, option{scope, partWords(scope)})
	}
	f.Place = placeForm{Scopes: choices(scopes, r.place.Scope), AsOf: r.place.AsOf, Periods: choices(periods, r.place.Period), Kept: kept(r)}
	for _, room := range rooms {
		if !r.allowed(room.access) {
			continue
		}
		f.Rooms = append(f.Rooms, roomLink{Label: room.label, Address: r.place.address(room.path), Key: room.key, Here: room.path == r.URL.Path || room.path != "/" && strings.HasPrefix(r.URL.Path, room.path+"/")})
	}
	f.Search = "/search"
	f.Notice = notices[r.URL.Query().Get("done")]
	return f, nil
}

// dated leads to the page of a request as it is on a day, so that it shows the same when
// newer facts are there; nil for what is no address to come back to.
func dated(r *request, day string) *exportLink {
	if r.Method != http.MethodGet || day == "" {
		return nil
	}
	q := r.URL.Query()
	q.Del("done")
	q.Set("as_of", day)
	return &exportLink{"This page as of " + report.Day(day), r.URL.Path + "?" + q.Encode()}
}

// kept is what an address says besides the place: which scenario or record a page is
// about, or what was asked on it. What has just happened, and the form of an export, are
// left out. Of what a form sends, only which thing it is about stays: the rest was typed,
// and is done or shown again.
func kept(r *request) (out []option) {
	q := r.URL.Query()
	if r.Method != http.MethodGet {
		q = url.Values{}
		for _, name := range []string{"file", "scenario", "id"} {
			if r.Form.Has(name) {
				q.Set(name, r.Form.Get(name))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if slices.Contains([]string{"scope", "as_of", "period", "rows", "done", "format"}, name) {
			continue
		}
		for _, value := range q[name] {
			out = append(out, option{name, value})
		}
	}
	return out
}

// rooms in the order in which they are listed, with the key that leads there after g.
var rooms = []struct {
	label, path, key string
	access           Access
}{
	{"Brief", "/", "b", see(access.Diagnosis)},
	{"VPE", "/vpe", "v", see(access.Diagnosis)},
	{"CTO", "/cto", "c", see(access.Diagnosis)},
	{"Agreement", "/agreement", "a", see(access.Agreement)},
	{"Organisation", "/organisation", "o", seePart(access.Organisation)},
	{"Delivery", "/delivery", "y", seePart(access.Delivery)},
	{"Forecast", "/forecast", "f", seePart(access.Forecast)},
	{"Decisions", "/decisions", "d", see(access.Decisions)},
	{"Numbers", "/numbers", "n", seePart(access.Delivery)},
	{"Data", "/data", "t", see(access.Data)},
	{"Playbook", "/playbook", "p", see(access.Playbook)},
	{"Administration", "/administration", "m", byHand(see(access.Administration))},
}

// themes are how a page can look.
var themes = []option{{"", "as the system"}, {"light", "light"}, {"dark", "dark"}}

// theme keeps how pages are to look, in this browser.
func (s *Server) theme(r *request) error {
	http.SetCookie(r.w, s.cookie("diarchy-theme", r.PostFormValue("theme"), 365*24*time.Hour))
	r.seeOther(local(r.PostFormValue("to")))
	return nil
}

// notices are what an address may say that has just happened.
var notices = map[string]string{
	"signed": "Signed. The signature stands in agreement.yaml.", "drafted": "agreement.yaml was written into the workspace.", "recorded": "Recorded in alignment.yaml.",
	"dropped": "The scenario was removed; nothing in the organisation was changed.",
	"planned": "Saved in the scenario's file; nothing in the organisation was changed.", "asked": "The sources are being read. This page shows what is stored meanwhile.",
	"password": "The password was changed, and your other sessions have ended.", "code-removed": "The second factor was removed.", "ended": "Ended.", "revoked": "The token is no longer good.", "changed": "Done.",
	"paused": "Paused. A reading that is under way ends.", "resumed": "Resumed. The sources are being read.",
	"joined": "Written into organisation.yaml; numbers of people follow when the sources are read next.",
}

// render writes a page whole or not at all.
func (s *Server) render(r *request, status int, name string, page any) error {
	var buf bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&buf, "layout.tmpl", page); err != nil {
		return err
	}
	r.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.w.WriteHeader(status)
	_, err := r.w.Write(buf.Bytes())
	return err
}

// errorPage says what failed, why, and what to do.
type errorPage struct {
	frame
	Heading, Why, Hint string
	Home               string // address of the Brief, of the same place
}

// fail answers with an error. What concerns this program alone is logged, not shown.
func (s *Server) fail(r *request, err error) {
	status := statusOf(err)
	p := errorPage{Heading: http.StatusText(status), Why: report.Clean(err.Error()), Hint: report.Clean(problem.Hint(err)), Home: r.place.address("/")}
	if status == http.StatusInternalServerError {
		if r.Context().Err() != nil {
			return // who asked is gone
		}
		s.log.Error("request failed", "route", r.Pattern, "error", err)
		p.Why, p.Hint = "Something went wrong here. The log of the server says what.", ""
	}
	f, ferr := s.frameOf(r, p.Heading)
	if ferr != nil {
		f = frame{Title: p.Heading, Program: s.program, Style: s.files.style.address()}
	}
	f.Dated = nil
	p.frame = f
	if err := s.render(r, status, "error", p); err != nil {
		s.log.Error("error page failed", "route", r.Pattern, "error", err)
	}
}
