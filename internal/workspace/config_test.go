package workspace

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/problem"
)

const home = "/home/ann"

var userPath = home + "/.config/diarchy/config.yaml"

func TestResolveDefaults(t *testing.T) {
	s, err := Resolve(nil, []string{"HOME=" + home}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Setting{
		{"database", InMemory, "default, without a workspace"},
		{"ledger", "", "default, without a workspace"},
		{"ledger_key", "", "default"},
		{"cache", filepath.Join(home, ".cache", "diarchy"), "default"},
		{"memory_limit", "512MB", "default"},
		{"color", "auto", "default"},
		{"seed", "1", "default"},
		{"draws", "2000", "default"},
		{"oidc_issuer", "", "default"},
		{"oidc_client_id", "", "default"},
		{"oidc_secret_file", "", "default"},
		{"oidc_name", "", "default"},
		{"internal_hosts", "", "default"},
		{"listen", "127.0.0.1:8411", "default"},
		{"address", "", "default"},
		{"proxies", "", "default"},
		{"every", "15m", "default"},
		{"backup_to", "", "default"},
		{"backup_every", "24h", "default"},
		{"log_json", "false", "default"},
	}
	if diff := cmp.Diff(want, s.List()); diff != "" {
		t.Error(diff)
	}
	if s.Seed != 1 || s.Draws != 2000 || s.Color != "auto" || s.MemoryLimit != "512MB" {
		t.Errorf("fields do not hold what the list says: %s", s)
	}
}

// Each step takes the strongest layer away and shows which one decides next.
func TestResolvePrecedence(t *testing.T) {
	flags := map[string]string{"database": "flag.db"}
	env := []string{"HOME=" + home, "DIARCHY_DATABASE=env.db"}
	doc := &Document{Path: "/ws/diarchy.yaml", Database: "ws.db"}
	user := []byte("database: /user.db\n")
	check := func(value, origin string) {
		t.Helper()
		s, err := Resolve(flags, env, doc, user)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Setting{"database", value, origin}, s.List()[0]); diff != "" {
			t.Error(diff)
		}
		if s.Database != value {
			t.Errorf("field holds %q", s.Database)
		}
	}
	check("flag.db", "flag --database")
	flags = map[string]string{"database": ""}
	check("env.db", "environment DIARCHY_DATABASE")
	env[1] = "DIARCHY_DATABASE="
	check("/ws/ws.db", "workspace file /ws/diarchy.yaml")
	doc.Database = ""
	check("/user.db", "user file "+userPath)
	user = nil
	check("/ws/.diarchy/facts.duckdb", "default")
}

// TestResolveLedger: a file's key is beside it; that of a ledger on a server is in the
// workspace, unless somebody says otherwise.
func TestResolveLedger(t *testing.T) {
	const server = "postgres://ann@db/x"
	at := func(ledger string) *Document { return &Document{Path: "/ws/diarchy.yaml", Ledger: ledger} }
	for name, c := range map[string]struct {
		env         []string
		doc         *Document
		ledger, key string
	}{
		"default":                   {nil, at(""), "/ws/ledger/ledger.sqlite", "/ws/ledger/ledger.sqlite.key"},
		"a file":                    {nil, at("a/b"), "/ws/a/b", "/ws/a/b.key"},
		"a server":                  {nil, at(server), server, "/ws/ledger/ledger.sqlite.key"},
		"the environment wins":      {[]string{"DIARCHY_LEDGER=/c"}, at(server), "/c", "/c.key"},
		"a key elsewhere":           {[]string{"DIARCHY_LEDGER_KEY=/k"}, at(server), server, "/k"},
		"without a workspace":       {[]string{"DIARCHY_LEDGER=" + server}, nil, server, ""},
		"a file without one":        {[]string{"DIARCHY_LEDGER=/c"}, nil, "/c", "/c.key"},
		"a file's key is elsewhere": {[]string{"DIARCHY_LEDGER=/c", "DIARCHY_LEDGER_KEY=/k"}, nil, "/c", "/k"},
	} {
		s, err := Resolve(nil, c.env, c.doc, nil)
		if err != nil || s.Ledger != c.ledger || s.LedgerKey != c.key {
			t.Errorf("%s: %q and %q, %v", name, s.Ledger, s.LedgerKey, err)
		}
	}
	s, err := Resolve(nil, []string{"DIARCHY_LEDGER=postgres://ann:hunter2@db/x", "DIARCHY_LEDGER_KEY=/k"}, nil, nil)
	if err != nil || s.Ledger != "postgres://ann:hunter2@db/x" || strings.Contains(fmt.Sprintf("%v %#v", s, s.List()), "hunter2") {
		t.Errorf("%s %v", s, err)
	}
}

func TestResolveColor(t *testing.T) {
	for _, c := range []struct {
		env  []string
		user string
		want Setting
	}{
		{[]string{"NO_COLOR=1"}, "", Setting{"color", "never", "environment NO_COLOR"}},
		{[]string{"NO_COLOR="}, "", Setting{"color", "auto", "default"}},
		{[]string{"NO_COLOR=1", "HOME=" + home}, "color: always", Setting{"color", "always", "user file " + userPath}},
		{[]string{"NO_COLOR=1", "DIARCHY_COLOR=always"}, "", Setting{"color", "always", "environment DIARCHY_COLOR"}},
		{[]string{"DIARCHY_COLOR=never", "DIARCHY_COLOR=always"}, "", Setting{"color", "always", "environment DIARCHY_COLOR"}},
	} {
		s, err := Resolve(nil, c.env, nil, []byte(c.user))
		if err != nil {
			t.Fatal(err)
		}
		list := s.List()
		color := slices.IndexFunc(list, func(one Setting) bool { return one.Key == "color" })
		if diff := cmp.Diff(c.want, list[color]); diff != "" {
			t.Errorf("%v: %s", c.env, diff)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	cases := map[string]struct {
		flags map[string]string
		env   string
		user  string
		kind  error
		says  string
	}{
		"unknown flag":            {map[string]string{"colour": "auto"}, "", "", problem.Usage, `unknown setting "colour"`},
		"flag":                    {map[string]string{"memory-limit": "lots"}, "", "", problem.Usage, `flag --memory-limit: "lots"`},
		"no SQL in a size":        {map[string]string{"memory_limit": "1GB'; --"}, "", "", problem.Usage, "flag --memory-limit"},
		"environment":             {nil, "DIARCHY_COLOR=purple", "", problem.Usage, `environment DIARCHY_COLOR: "purple"`},
		"no draws":                {nil, "DIARCHY_DRAWS=0", "", problem.Usage, "DIARCHY_DRAWS"},
		"seed too large":          {nil, "DIARCHY_SEED=9223372036854775808", "", problem.Usage, "DIARCHY_SEED"},
		"database scheme":         {nil, "DIARCHY_DATABASE=mysql://ann:hunter2@db/x", "", problem.Usage, "mysql://ann:***@db/x"},
		"ledger scheme":           {nil, "DIARCHY_LEDGER=mysql://ann:hunter2@db/x", "", problem.Usage, "mysql://ann:***@db/x"},
		"user file, unknown key":  {nil, "", "drawz: 3", problem.Invalid, `did you mean "draws"?`},
		"user file, wrong value":  {nil, "", "draws: many", problem.Invalid, "config.yaml:1:8"},
		"user file, wrong type":   {nil, "", "draws: [1]", problem.Invalid, "config.yaml:1:8"},
		"user file, relative":     {nil, "", "cache: x", problem.Invalid, "not a full path"},
		"user file, not a list":   {nil, "", "- x", problem.Invalid, "a mapping expected"},
		"user file, broken":       {nil, "", "draws: [", problem.Invalid, "config.yaml:1:"},
		"user file, hides secret": {nil, "", "database: mysql://ann:hunter2@db/x", problem.Invalid, "***"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Resolve(c.flags, []string{"HOME=" + home, c.env}, nil, []byte(c.user))
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || problem.Hint(err) == "" {
				t.Errorf("got %v (hint %q)", err, problem.Hint(err))
			}
			if err != nil && strings.Contains(err.Error()+problem.Hint(err), "hunter2") {
				t.Error("the message shows a credential")
			}
		})
	}
}

func TestSettingsHideSecrets(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://ann:hunter2@db/x":                     "postgres://ann:***@db/x",
		"postgres://ann:hun@ter2@db/x":                    "postgres://ann:***@db/x",
		"postgres://ann:hun/hunter2@db/x":                 "postgres://ann:***@db/x",
		"postgresql://db/x?user=ann&password=hunter2&a=1": "postgresql://db/x?user=ann&password=***&a=1",
		"postgres://db/x?sslpassword=hunter2":             "postgres://db/x?sslpassword=***",
		"postgres://ann@db/x":                             "postgres://ann@db/x",
		"/plain/path":                                     "/plain/path",
	} {
		s, err := Resolve(nil, []string{"DIARCHY_DATABASE=" + address}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.List()[0].Value; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if s.Database != address {
			t.Errorf("the program gets %s", s.Database)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if strings.Contains(fmt.Sprintf(verb, s), "hunter2") || strings.Contains(fmt.Sprintf(verb, &s), "hunter2") {
				t.Errorf("%s shows a credential", verb)
			}
		}
	}
	if got := show("api_token", "x"); got != hidden {
		t.Errorf("a key that names a secret shows %q", got)
	}
	if got := hide("host=db password='hun ter2' user=ann"); got != "host=db password=*** user=ann" {
		t.Error(got)
	}
}

func TestUserFile(t *testing.T) {
	for _, c := range []struct {
		env  []string
		want string
	}{
		{[]string{"HOME=" + home}, userPath},
		{[]string{"HOME=" + home, "XDG_CONFIG_HOME=/cfg"}, "/cfg/diarchy/config.yaml"},
		{[]string{"HOME=" + home, "XDG_CONFIG_HOME=relative"}, userPath},
		{nil, ""},
	} {
		if got := UserFile(c.env); got != c.want {
			t.Errorf("%v: got %q, want %q", c.env, got, c.want)
		}
	}
}

func TestResolveUserFile(t *testing.T) {
	user := "cache: /c\nmemory_limit: 2 GiB\nseed: 7\ndraws: 500\n"
	s, err := Resolve(nil, nil, nil, []byte(user))
	if err != nil {
		t.Fatal(err)
	}
	if s.Cache != "/c" || s.MemoryLimit != "2 GiB" || s.Seed != 7 || s.Draws != 500 {
		t.Errorf("got %s", s)
	}
}

// TestServerSettings: the server's settings come from the same places as all others.
func TestServerSettings(t *testing.T) {
	s, err := Resolve(map[string]string{"every": "30m"}, []string{"HOME=" + home, "DIARCHY_LISTEN=127.0.0.1:1", "DIARCHY_EVERY=1h"}, nil, []byte("backup_to: /backups\nlog_json: true\nlisten: 127.0.0.1:2\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Server{Listen: "127.0.0.1:1", Every: 30 * time.Minute, BackupTo: "/backups", BackupEvery: 24 * time.Hour, JSONLog: true}
	if diff := cmp.Diff(want, s.Server); diff != "" {
		t.Error(diff)
	}
	for _, one := range s.List() {
		if one.Key == "listen" && one.Origin != "environment DIARCHY_LISTEN" || one.Key == "backup_to" && one.Origin != "user file "+userPath {
			t.Errorf("%+v", one)
		}
	}
	for key, value := range map[string]string{"proxies": "10.0.0.0/8, proxy.example", "every": "1s", "backup_every": "often", "log_json": "yes"} {
		if _, err := Resolve(map[string]string{key: value}, nil, nil, nil); err == nil {
			t.Errorf("%s may be %s", key, value)
		}
	}
}
