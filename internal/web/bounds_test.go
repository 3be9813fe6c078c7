package web

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// TestLargeFormsAreRefused: whatever is sent to an address that changes something is read up
// to a bound, and refused in words (T15). Provisioning has a bound of its own.
func TestLargeFormsAreRefused(t *testing.T) {
	s := newSite(t, "text")
	large := "name=" + strings.Repeat("x", mostSent)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, r := range s.server.Routes() {
		method, path := address(r.Pattern)
		if method != http.MethodPost || strings.HasPrefix(path, "/scim/") {
			continue
		}
		if status, _, _ := s.ask(method, path, "all", "", large); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d", r.Pattern, status)
		}
		parts := func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=b") }
		if status, _, _ := s.ask(method, path, "all", "", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n"+large, parts); status != http.StatusBadRequest {
			t.Errorf("%s in parts: status %d", r.Pattern, status)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("%d MiB are held", grown>>20)
	}
	if len(s.company.wrote) > 0 {
		t.Errorf("done all the same: %q", s.company.wrote)
	}
}

// TestHiddenLooksLikeAbsent: a team that somebody may not see, and one that there is not,
// get the same answer, down to what it says and how it is sent (T24).
func TestHiddenLooksLikeAbsent(t *testing.T) {
	s := newSite(t, "red")
	for _, path := range []string{"/numbers", "/metrics/throughput", "/delivery", "/forecast?items=40", "/organisation/people"} {
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		for _, session := range []string{"manager", "administrator"} {
			for _, as := range []string{"", "&format=json", "&format=csv"} {
				hidden, absent := path+join+"scope=team:blue"+as, path+join+"scope=team:none"+as
				status1, header1, text1 := s.ask("GET", hidden, session, "", "")
				status2, header2, text2 := s.ask("GET", absent, session, "", "")
				header1.Del("Date")
				header2.Del("Date")
				if status1 != http.StatusNotFound || status1 != status2 || strings.ReplaceAll(text1, "blue", "none") != text2 {
					t.Errorf("%s as %s: hidden %d, absent %d\n%.300s\n%.300s", path, session, status1, status2, text1, text2)
				}
				if header1.Get("Content-Length") != header2.Get("Content-Length") && len(text1) == len(text2) || header1.Get("Content-Type") != header2.Get("Content-Type") {
					t.Errorf("%s as %s: %v and %v", path, session, header1, header2)
				}
			}
		}
	}
}

// TestProxyHeadersAreIgnored: anybody can write them, and would pass for another address
// (T6).
func TestProxyHeadersAreIgnored(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/enter", nil)
	r.RemoteAddr = "192.0.2.7:4711"
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip", "Cf-Connecting-Ip"} {
		r.Header.Set(name, "203.0.113.9")
	}
	if got := (&Server{}).from(r).String(); got != "192.0.2.7" {
		t.Errorf("it comes from %s", got)
	}
}

// TestProxiesThatAreListed say who asks, and whom they heard it from does not (T6).
func TestProxiesThatAreListed(t *testing.T) {
	s := &Server{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}}
	for _, c := range []struct {
		peer  string
		heard []string
		want  string
	}{
		{"192.0.2.7:1", []string{"203.0.113.9"}, "192.0.2.7"},                            // not listed
		{"10.1.2.3:1", nil, "10.1.2.3"},                                                  // says nothing
		{"10.1.2.3:1", []string{"203.0.113.9"}, "203.0.113.9"},                           //
		{"[::ffff:10.1.2.3]:1", []string{"203.0.113.9"}, "203.0.113.9"},                  //
		{"[2001:db8::1]:1", []string{"203.0.113.9"}, "203.0.113.9"},                      //
		{"10.1.2.3:1", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},             // the first is what the asker wrote
		{"10.1.2.3:1", []string{"198.51.100.1", "203.0.113.9, 10.9.9.9"}, "203.0.113.9"}, // two proxies
		{"10.1.2.3:1", []string{"10.9.9.9"}, "10.9.9.9"},                                 // from inside
		{"10.1.2.3:1", []string{"203.0.113.9, nonsense"}, "10.1.2.3"},                    //
		{"10.1.2.3:1", []string{"203.0.113.9:80"}, "10.1.2.3"},                           //
	} {
		r := httptest.NewRequest(http.MethodPost, "/enter", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.heard
		r.Header.Set("X-Real-Ip", "192.0.2.99")
		if got := s.from(r).String(); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.peer, c.heard, got, c.want)
		}
	}
}

// TestLinksForOthers lead to where browsers reach the site: as it was said, or as the one came who
// makes them. Headers are believed of listed proxies alone (T6).
func TestLinksForOthers(t *testing.T) {
	for _, c := range []struct {
		address, peer string
		host, proto   string // that are heard
		want          string
	}{
		{"", "192.0.2.7:1", "", "", "http://diarchy.example:8411/enter"},
		{"", "192.0.2.7:1", "evil.example", "https", "http://diarchy.example:8411/enter"},
		{"", "10.1.2.3:1", "", "", "http://diarchy.example:8411/enter"},
		{"", "10.1.2.3:1", "rooms.example", "https", "https://rooms.example/enter"},
		{"", "10.1.2.3:1", "evil.example, rooms.example", "http", "http://rooms.example/enter"}, // the first is what the asker wrote
		{"", "[::ffff:10.1.2.3]:1", "rooms.example", "gopher", "http://rooms.example/enter"},
		{"https://said.example", "10.1.2.3:1", "rooms.example", "http", "https://said.example/enter"},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://diarchy.example:8411/administration/accounts", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-Host", c.host)
		r.Header.Set("X-Forwarded-Proto", c.proto)
		s := &Server{address: c.address, proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
		if got := s.linkTo(r, "/enter"); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestFilesStayInTheirFolder: no address leads out of what is served (T12).
func TestFilesStayInTheirFolder(t *testing.T) {
	s := newSite(t, "text")
	for _, path := range []string{"/assets/..%2fserver.go", "/assets/%2e%2e%2fserver.go", "/assets/..%5cserver.go", "/assets/%2fetc%2fpasswd"} {
		if status, _, text := s.ask("GET", path, "all", "", ""); status != http.StatusNotFound || strings.Contains(text, "package web") || strings.Contains(text, "root:") {
			t.Errorf("%s: status %d\n%.200s", path, status, text)
		}
	}
}

// TestLongTablesAreCut: a page shows two hundred rows of a table at once, leads to the
// others, and a download has them all.
func TestLongTablesAreCut(t *testing.T) {
	s := newSite(t, "text")
	for n := range 450 {
		s.company.records = append(s.company.records, cockpit.RecordSummary{ID: fmt.Sprintf("R%03d", n+1), Title: "of", Repository: "web", Path: fmt.Sprint(n), Status: "accepted"})
	}
	rows := regexp.MustCompile(`R(\d{3}) of`)
	further := regexp.MustCompile(`<a href="([^"#]+)#records" rel="(next|prev)">`)
	path, seen := "/decisions?period=year", 0
	for _, want := range []struct{ says, links string }{{"1 to 200 of 450", "next"}, {"201 to 400 of 450", "prev next"}, {"401 to 450 of 450", "prev"}} {
		status, _, text := s.ask("GET", path, "all", "", "")
		if status != http.StatusOK || !strings.Contains(text, want.says) {
			t.Fatalf("%s: status %d, without %q", path, status, want.says)
		}
		for _, row := range rows.FindAllStringSubmatch(text, -1) {
			if seen++; row[1] != fmt.Sprintf("%03d", seen) {
				t.Fatalf("%s: row %d is %s", path, seen, row[1])
			}
		}
		var links []string
		for _, link := range further.FindAllStringSubmatch(text, -1) {
			path, links = html.UnescapeString(link[1]), append(links, link[2])
		}
		if got := strings.Join(links, " "); got != want.links || !strings.Contains(path, "period=year") {
			t.Errorf("%s: leads to %q by %s, want %q", want.says, got, path, want.links)
		}
	}
	if seen != 450 {
		t.Errorf("%d rows on all pages", seen)
	}
	if _, _, text := s.ask("GET", "/decisions?rows=records:201&format=csv", "all", "", ""); len(rows.FindAllString(text, -1)) != 450 {
		t.Errorf("the download has %d rows", len(rows.FindAllString(text, -1)))
	}
	if _, _, text := s.ask("GET", "/decisions?rows=records:1001", "all", "", ""); !strings.Contains(text, "401 to 450 of 450") {
		t.Error("an address of rows that are gone shows none")
	}
	for _, wrong := range []string{"records:0", "records:x", "records:"} {
		if status, _, _ := s.ask("GET", "/decisions?rows="+wrong, "all", "", ""); status != http.StatusBadRequest {
			t.Errorf("rows=%s: status %d", wrong, status)
		}
	}
}

// TestNoSuchPage: an address that there is not answers with a page that leads back, with the
// rooms of who is signed in, and with none for others.
func TestNoSuchPage(t *testing.T) {
	s := newSite(t, "text")
	for session, rooms := range map[string]bool{"all": true, "": false} {
		status, header, text := s.ask("GET", "/nowhere?scope=team:red", session, "", "")
		if status != http.StatusNotFound || !strings.HasPrefix(header.Get("Content-Type"), "text/html") || !strings.Contains(text, errHidden.Error()) || !strings.Contains(text, "Back to the Brief") {
			t.Errorf("as %q: status %d, %q", session, status, text)
		}
		if strings.Contains(text, `href="/decisions`) != rooms {
			t.Errorf("as %q: rooms are listed: %v", session, !rooms)
		}
	}
	if status, _, _ := s.ask("POST", "/decisions", "all", "", "x=y"); status != http.StatusMethodNotAllowed {
		t.Errorf("a form sent to a room: status %d", status)
	}
}
