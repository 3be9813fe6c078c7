package dial

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
)

// answers resolves every name to the next of its answers; the last one stays.
type answers struct {
	ips   [][]netip.Addr
	asked int
}

func (a *answers) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	i := min(a.asked, len(a.ips)-1)
	a.asked++
	return a.ips[i], nil
}

func ips(all ...string) (out []netip.Addr) {
	for _, s := range all {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

// TestPermits: what may be reached by a host that nobody named, by one that is named, and
// by an address that is named itself (T5).
func TestPermits(t *testing.T) {
	for _, c := range []struct {
		ip               string
		anybody, ifNamed bool
	}{
		{"140.82.112.5", true, true}, {"2606:4700::1111", true, true}, {"2001:4860:4860::8888", true, true},
		{"127.0.0.1", false, true}, {"::1", false, true}, {"10.1.2.3", false, true}, {"172.16.0.1", false, true}, {"192.168.1.1", false, true},
		{"100.64.0.1", false, true}, {"fd12::1", false, true}, {"::ffff:10.0.0.1", false, true}, {"64:ff9b::a00:1", false, true},
		{"2002:a00:1::", false, true}, {"::10.0.0.1", false, true}, {"198.18.0.1", false, true}, {"240.0.0.1", false, true},
		{"169.254.169.254", false, false}, {"::ffff:169.254.169.254", false, false}, {"64:ff9b::a9fe:a9fe", false, false},
		{"fe80::1", false, false}, {"fd00:ec2::254", false, false}, {"100.100.100.200", false, false},
		{"0.0.0.0", false, false}, {"::", false, false}, {"224.0.0.1", false, false}, {"ff02::1", false, false},
	} {
		ip := netip.MustParseAddr(c.ip)
		if got := (Guard{}).permits("any.example", ip); got != c.anybody {
			t.Errorf("%s: anybody may: %t", c.ip, got)
		}
		if got := (Guard{Hosts: []string{"other.example", "Any.Example."}}).permits("any.example", ip); got != c.ifNamed {
			t.Errorf("%s: if named: %t", c.ip, got)
		}
	}
	link := netip.MustParseAddr("169.254.10.1")
	if !(Guard{Hosts: []string{"169.254.10.1"}}).permits("169.254.10.1", link) {
		t.Error("an address that is named itself is refused")
	}
}

// TestRebinding: what was looked at is what is dialled, and a name that has one internal
// address among public ones is not reached at all.
func TestRebinding(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "inside") })) //nolint:errcheck // of a test
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	get := func(g Guard) error {
		c := http.Client{Transport: &http.Transport{DialContext: g.DialContext, DisableKeepAlives: true}}
		res, err := c.Get("http://rebinds.example:" + port + "/")
		if err == nil {
			res.Body.Close()
		}
		return err
	}
	first := &answers{ips: [][]netip.Addr{ips("127.0.0.1"), ips("192.0.2.1")}}
	if err := get(Guard{Hosts: []string{"rebinds.example"}, Resolver: first}); err != nil || first.asked != 1 {
		t.Errorf("a named host: %v, asked %d times", err, first.asked)
	}
	for name, r := range map[string]*answers{
		"inside at once":      {ips: [][]netip.Addr{ips("127.0.0.1")}},
		"one of several":      {ips: [][]netip.Addr{ips("140.82.112.5", "127.0.0.1")}},
		"inside of IPv6":      {ips: [][]netip.Addr{ips("::ffff:127.0.0.1")}},
		"where clouds keep":   {ips: [][]netip.Addr{ips("169.254.169.254")}},
		"nothing in its form": {ips: [][]netip.Addr{ips("0.0.0.0")}},
	} {
		if err := get(Guard{Resolver: r}); !errors.Is(err, ErrInternal) || r.asked != 1 {
			t.Errorf("%s: %v, asked %d times", name, err, r.asked)
		}
	}
	turns := &answers{ips: [][]netip.Addr{ips("140.82.112.5"), ips("127.0.0.1")}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // so that nothing leaves this machine
	if _, err := (Guard{Resolver: turns}).DialContext(ctx, "tcp", "rebinds.example:"+port); errors.Is(err, ErrInternal) || err == nil || turns.asked != 1 {
		t.Errorf("public first: %v, asked %d times", err, turns.asked)
	}
	if err := get(Guard{Resolver: turns}); !errors.Is(err, ErrInternal) {
		t.Errorf("and then inside: %v", err)
	}
}

// TestRedirects: a configured internal host is reached, and cannot send elsewhere inside.
func TestRedirects(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") }))
	defer inside.Close()
	to, _ := url.Parse(inside.URL)
	_, port, _ := net.SplitHostPort(to.Host)
	server := httptest.NewServer(http.RedirectHandler("http://[::ffff:127.0.0.1]:"+port+"/", http.StatusFound))
	defer server.Close()
	c := http.Client{Transport: Transport(server.URL)}
	res, err := c.Get(server.URL)
	if err == nil {
		res.Body.Close()
	}
	if !errors.Is(err, ErrInternal) {
		t.Errorf("%v", err)
	}
}
