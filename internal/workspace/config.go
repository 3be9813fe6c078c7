package workspace

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// InMemory is the database of a run without a workspace.
const InMemory = ":memory:"

// Limits of the settings that are numbers.
const (
	maxSeed  = 1<<63 - 1
	maxDraws = 1_000_000
)

// Hide replaces the credentials in an address or a path.
func Hide(s string) string { return hide(s) }

// settingKeys are the settings in the order in which they are shown.
var settingKeys = []string{"database", "ledger", "ledger_key", "cache", "memory_limit", "color", "seed", "draws", "oidc_issuer", "oidc_client_id", "oidc_secret_file", "oidc_name", "internal_hosts",
	"listen", "address", "proxies", "every", "backup_to", "backup_every", "log_json"}

// Settings are the program's settings, each with the place that decided it.
// Database and Ledger may hold a password: print List instead.
type Settings struct {
	Database    string   // path, postgres:// address or InMemory
	Ledger      string   // path or postgres:// address; "" without a workspace
	LedgerKey   string   // file of the ledger's key; "" where it cannot be known
	Cache       string   // folder; "" when no home folder is known
	MemoryLimit string   // of the database, such as 512MB
	Color       string   // auto, always or never
	Seed        int64    // of the simulations
	Draws       int      // of the simulations
	OIDC        OIDC     // of the server
	Internal    []string // hosts inside of the own network that others may lead to
	Server      Server   // how diarchy serve runs

	chosen map[string]chosen
}

// Server is how the server runs.
type Server struct {
	Listen      string         // host:port
	Address     string         // by which browsers reach it, behind a proxy; "": http:// and Listen
	Proxies     []netip.Prefix // whose word is taken for where a request comes from
	Every       time.Duration  // how often sources are read
	BackupTo    string         // folder for backups of facts and ledger; "": none are made
	BackupEvery time.Duration  // how often
	JSONLog     bool
}

// OIDC is an identity provider at which people sign in to the server; there is none
// without an issuer.
type OIDC struct {
	Name       string // by which it is offered; "": the issuer's host
	Issuer     string
	ClientID   string
	SecretFile string // holds the client's secret; "" for a client without one
}

// Setting is one setting as `diarchy config show` prints it: secrets are hidden.
type Setting struct{ Key, Value, Origin string }

type chosen struct{ value, origin string }

// UserFile returns the path of the user file, which is
// $XDG_CONFIG_HOME/diarchy/config.yaml, or "" when no home folder is known.
func UserFile(env []string) string {
	if dir := xdg(env, "XDG_CONFIG_HOME", ".config"); dir != "" {
		return filepath.Join(dir, "config.yaml")
	}
	return ""
}

// Resolve decides each setting: by flag, else environment (DIARCHY_*), else the
// workspace document, else the user file, else default. An empty flag or
// variable counts as not given; flags are named as the keys, with - or _. doc
// and userFile may be nil. A wrong flag or variable is problem.Usage, a wrong
// user file problem.Invalid.
func Resolve(flags map[string]string, env []string, doc *Document, userFile []byte) (Settings, error) {
	layers, err := layers(flags, env, doc, userFile)
	if err != nil {
		return Settings{}, err
	}
	s := Settings{chosen: map[string]chosen{}}
	for _, key := range settingKeys {
		for _, layer := range layers {
			if c, ok := layer[key]; ok {
				s.chosen[key] = c
				break
			}
		}
		if key == "ledger_key" {
			s.keyBesideLedger()
		}
		if err := s.set(key, s.chosen[key].value); err != nil {
			return Settings{}, problem.New(problem.Usage, err.Error(), "%s: %q is not a value of %s", s.chosen[key].origin, hide(s.chosen[key].value), key)
		}
	}
	return s, nil
}

// keyBesideLedger has a file's key beside it, where nobody says otherwise. That of a ledger
// on a server is where the workspace's own would be: it goes with what is moved there.
func (s *Settings) keyBesideLedger() {
	if c := s.chosen["ledger_key"]; c.origin == "default" && s.Ledger != "" && !IsPostgres(s.Ledger) {
		s.chosen["ledger_key"] = chosen{s.Ledger + ".key", c.origin}
	}
}

// Origin is where a setting comes from, such as DIARCHY_SEED or default.
func (s Settings) Origin(key string) string { return s.chosen[key].origin }

// List returns every setting with its origin; secrets are hidden.
func (s Settings) List() []Setting {
	var all []Setting
	for _, key := range settingKeys {
		c := s.chosen[key]
		all = append(all, Setting{key, show(key, c.value), c.origin})
	}
	return all
}

// String shows the settings without secrets.
func (s Settings) String() string {
	var b strings.Builder
	for _, one := range s.List() {
		fmt.Fprintf(&b, "%s: %s (%s)\n", one.Key, one.Value, one.Origin)
	}
	return b.String()
}

// GoString is String, so that %#v shows no secret either.
func (s Settings) GoString() string { return s.String() }

// set stores a value; its error says what would be right.
func (s *Settings) set(key, value string) error {
	switch key {
	case "database":
		s.Database = value
	case "ledger":
		s.Ledger = value
	case "ledger_key":
		s.LedgerKey = value
	case "cache":
		s.Cache = value
	case "memory_limit":
		s.MemoryLimit = value
	case "color":
		s.Color = value
	case "seed":
		s.Seed, _ = strconv.ParseInt(value, 10, 64)
	case "draws":
		s.Draws, _ = strconv.Atoi(value)
	case "listen":
		s.Server.Listen = value
	case "address":
		s.Server.Address = value
	case "proxies":
		s.Server.Proxies, _ = prefixes(value)
	case "every":
		s.Server.Every, _ = time.ParseDuration(value)
	case "backup_to":
		s.Server.BackupTo = value
	case "backup_every":
		s.Server.BackupEvery, _ = time.ParseDuration(value)
	case "log_json":
		s.Server.JSONLog = value == "true"
	case "internal_hosts":
		s.Internal = listed(value)
	case "oidc_name":
		s.OIDC.Name = value
	case "oidc_issuer":
		s.OIDC.Issuer = value
	case "oidc_client_id":
		s.OIDC.ClientID = value
	case "oidc_secret_file":
		s.OIDC.SecretFile = value
	}
	return checkSetting(key, value)
}

// listed are the values of a list, which commas or spaces part.
func listed(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
}

// prefixes are networks, or single addresses.
func prefixes(value string) (out []netip.Prefix, err error) {
	for _, text := range listed(value) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			one, err := netip.ParseAddr(text)
			if err != nil {
				return nil, err
			}
			p = netip.PrefixFrom(one, one.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

var memorySize = regexp.MustCompile(`^[1-9][0-9]{0,6}(\.[0-9])? ?([KMGT]i?B)$`)

// checkSetting tells what a setting may be when value is not.
func checkSetting(key, value string) error {
	number := func(limit int64) bool {
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && n > 0 && n <= limit
	}
	switch key {
	case "database", "ledger":
		if hasScheme(value) && !IsPostgres(value) {
			return fmt.Errorf("give a path or a postgres:// address")
		}
	case "memory_limit":
		if !memorySize.MatchString(value) {
			return fmt.Errorf("give a size such as 512MB or 2GB")
		}
	case "color":
		if !slices.Contains([]string{"auto", "always", "never"}, value) {
			return fmt.Errorf("give auto, always or never")
		}
	case "proxies":
		if _, err := prefixes(value); err != nil {
			return fmt.Errorf("give addresses or networks, such as 127.0.0.1,10.0.0.0/8")
		}
	case "every", "backup_every":
		if d, err := time.ParseDuration(value); err != nil || d < time.Minute {
			return fmt.Errorf("give a minute or more, such as 15m or 24h")
		}
	case "log_json":
		if value != "true" && value != "false" {
			return fmt.Errorf("give true or false")
		}
	case "seed":
		if !number(maxSeed) {
			return fmt.Errorf("give a whole number above 0")
		}
	case "draws":
		if !number(maxDraws) {
			return fmt.Errorf("give a whole number from 1 to %d", maxDraws)
		}
	}
	return nil
}

// layers returns the places that decide, strongest first.
func layers(flags map[string]string, env []string, doc *Document, userFile []byte) ([]map[string]chosen, error) {
	byFlag, err := flagLayer(flags)
	if err != nil {
		return nil, err
	}
	byUser, err := userLayer(UserFile(env), userFile)
	if err != nil {
		return nil, err
	}
	byWorkspace := map[string]chosen{}
	if path := doc.DatabasePath(); path != "" {
		byWorkspace["database"] = chosen{path, "workspace file " + doc.Path}
	}
	if path := doc.LedgerPath(); path != "" {
		byWorkspace["ledger"] = chosen{path, "workspace file " + doc.Path}
	}
	byConvention := map[string]chosen{}
	if lookup(env, "NO_COLOR") != "" { // weaker than what is set for Diarchy alone
		byConvention["color"] = chosen{"never", "environment NO_COLOR"}
	}
	return []map[string]chosen{byFlag, envLayer(env), byWorkspace, byUser, byConvention, defaults(env, doc)}, nil
}

func flagLayer(flags map[string]string) (map[string]chosen, error) {
	layer := map[string]chosen{}
	for flag, value := range flags {
		key := strings.ReplaceAll(flag, "-", "_")
		if !slices.Contains(settingKeys, key) {
			return nil, problem.New(problem.Usage, "settings: "+strings.Join(settingKeys, ", "), "unknown setting %q", flag)
		}
		if value != "" {
			layer[key] = chosen{value, "flag --" + strings.ReplaceAll(flag, "_", "-")}
		}
	}
	return layer, nil
}

func envLayer(env []string) map[string]chosen {
	layer := map[string]chosen{}
	for _, key := range settingKeys {
		variable := "DIARCHY_" + strings.ToUpper(key)
		if value := lookup(env, variable); value != "" {
			layer[key] = chosen{value, "environment " + variable}
		}
	}
	return layer
}

// userLayer reads the user file as strictly as a document.
func userLayer(path string, data []byte) (map[string]chosen, error) {
	if path == "" {
		path = "config.yaml"
	}
	layer := map[string]chosen{}
	err := decode(path, data, time.Time{}, func(r *reader, root *node) {
		var fields []field
		for _, key := range settingKeys {
			fields = append(fields, field{key: key, read: func(n *node) {
				if r.setting(key, n) {
					layer[key] = chosen{n.text, "user file " + path}
				}
			}})
		}
		r.object(root, fields...)
	})
	return layer, err
}

func (r *reader) setting(key string, n *node) bool {
	if n.kind != text && n.kind != number && !(key == "log_json" && n.kind == boolean) {
		r.wrong(n, "text or a number", "write one value")
		return false
	}
	if err := checkSetting(key, n.text); err != nil {
		r.fail(n, fmt.Sprintf("%q is not a value of %s", hide(clip(n.text)), key), err.Error())
		return false
	}
	isPath := key == "cache" || key == "ledger_key" || key == "backup_to" || key == "oidc_secret_file" || (key == "database" || key == "ledger") && !IsPostgres(n.text)
	if isPath && !filepath.IsAbs(n.text) {
		r.fail(n, key+" is not a full path", "write a full path: this file serves every workspace")
		return false
	}
	return true
}

func defaults(env []string, doc *Document) map[string]chosen {
	layer := map[string]chosen{
		"database":     {InMemory, "default, without a workspace"},
		"ledger":       {"", "default, without a workspace"},
		"ledger_key":   {"", "default"},
		"cache":        {xdg(env, "XDG_CACHE_HOME", ".cache"), "default"},
		"memory_limit": {"512MB", "default"},
		"color":        {"auto", "default"},
		"seed":         {"1", "default"},
		"draws":        {"2000", "default"},

		"oidc_issuer": {"", "default"}, "oidc_client_id": {"", "default"}, "oidc_secret_file": {"", "default"}, "oidc_name": {"", "default"},
		"internal_hosts": {"", "default"},

		"listen": {"127.0.0.1:8411", "default"}, "address": {"", "default"}, "proxies": {"", "default"}, "every": {"15m", "default"},
		"backup_to": {"", "default"}, "backup_every": {"24h", "default"}, "log_json": {"false", "default"},
	}
	if path := doc.inDir(filepath.Join(".diarchy", "facts.duckdb")); path != "" {
		layer["database"] = chosen{path, "default"}
		layer["ledger"] = chosen{doc.inDir(filepath.Join("ledger", "ledger.sqlite")), "default"}
		layer["ledger_key"] = chosen{layer["ledger"].value + ".key", "default"}
	}
	return layer
}

// xdg returns Diarchy's folder in a base folder of the XDG specification, which
// says to ignore a relative one.
func xdg(env []string, variable, underHome string) string {
	if dir := lookup(env, variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "diarchy")
	}
	if home := lookup(env, "HOME"); home != "" {
		return filepath.Join(home, underHome, "diarchy")
	}
	return ""
}

// lookup returns the last value of a variable, as the operating system does for
// a program that is given it twice.
func lookup(env []string, name string) (value string) {
	for _, pair := range env {
		if k, v, ok := strings.Cut(pair, "="); ok && k == name {
			value = v
		}
	}
	return value
}

// CheckDatabase tells what a database may be when s is none.
func CheckDatabase(s string) error { return checkSetting("database", s) }

// IsPostgres tells an address of a PostgreSQL database from a path.
func IsPostgres(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}
