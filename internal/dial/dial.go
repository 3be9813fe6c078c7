// Package dial opens connections to other systems. It checks the address that a name
// resolved to, not the name, and dials that address: a name that means another machine a
// moment later changes nothing. Inside the own network only hosts are reached that an
// administrator named.
package dial

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// ErrInternal is the error of a connection into the own network to a host that nobody named.
var ErrInternal = errors.New("it is inside of the own network")

// Resolver finds the addresses of a host, as net.Resolver does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Guard dials for one client. The zero Guard reaches public addresses alone.
type Guard struct {
	Hosts    []string // that may be inside of the own network: names or addresses, without ports
	Resolver Resolver // nil: the machine's
}

// Transport is the usual one over guards for a configured address: its host may be
// internal, and so may the proxy of the environment that leads there.
func Transport(configured string, hosts ...string) *http.Transport {
	g := Guard{Hosts: hosts}
	if u, err := url.Parse(configured); err == nil {
		g.Hosts = append(slices.Clone(hosts), u.Hostname())
		if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err == nil && proxy != nil {
			g.Hosts = append(g.Hosts, proxy.Hostname())
		}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = g.DialContext
	return t
}

// DialContext resolves a host, refuses all of it if any of its addresses may not be
// reached, and dials what it looked at, one address after the other.
func (g Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, ip := range ips {
		if !g.permits(host, ip) {
			return nil, problem.New(problem.Usage, "if it is meant, an administrator names it: DIARCHY_INTERNAL_HOSTS="+host, "%s is not reached: %w", host, ErrInternal)
		}
	}
	d := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	var failed error
	for _, ip := range ips {
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port))
		if err == nil {
			return conn, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

func (g Guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	var r Resolver = net.DefaultResolver
	if g.Resolver != nil {
		r = g.Resolver
	}
	ips, err := r.LookupNetIP(ctx, "ip", host)
	if err == nil && len(ips) == 0 {
		err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	return ips, err
}

// permits says whether a host may be reached at an address. Where clouds keep the
// credentials of a machine (link-local addresses), a name is never enough.
func (g Guard) permits(host string, ip netip.Addr) bool {
	ip = public(ip)
	named := slices.ContainsFunc(g.Hosts, func(h string) bool {
		return strings.EqualFold(strings.TrimSuffix(h, "."), strings.TrimSuffix(host, "."))
	})
	literal, err := netip.ParseAddr(host)
	switch {
	case ip.IsUnspecified() || ip.IsMulticast():
		return false
	case ip.IsLinkLocalUnicast() || slices.Contains(metadata, ip):
		return named && err == nil && public(literal) == ip
	case named:
		return true
	}
	return !ip.IsLoopback() && !ip.IsPrivate() && !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// public is the address that is meant by one that stands for another: IPv4 inside of
// IPv6, in each of the forms that some machine on the way may take apart.
func public(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if !ip.Is6() {
		return ip
	}
	b := ip.As16()
	switch {
	case translated.Contains(ip), compatible.Contains(ip) && ip != netip.IPv6Loopback() && !ip.IsUnspecified():
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return ip
}

var (
	translated = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052
	compatible = netip.MustParsePrefix("::/96")        // RFC 4291
	sixToFour  = netip.MustParsePrefix("2002::/16")    // RFC 3056

	// metadata are services of clouds at addresses that look like others.
	metadata = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200")}

	// reserved are addresses that are public by their form alone (RFC 6890).
	reserved = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b:1::/48"),
		netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("fec0::/10"),
	}
)
