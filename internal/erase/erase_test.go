package erase

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/google/go-cmp/cmp"
)

// hash is one without a key: these tests are of what is found, not of who could guess it.
func hash(purpose, text string) []byte {
	sum := sha256.Sum256([]byte(purpose + "\x00" + text))
	return sum[:]
}

var jane = Named{
	Identities: []fact.Identity{{Name: "Jane Q. Roe", Email: "Jane.Roe@corp.example"}, {Name: "jq", Email: "77+max@users.noreply.github.com"}},
	Names:      []string{"Jane Roe"}, Addresses: []string{"jane@home.example"}, Logins: []string{"roe1987", "max"},
}

func concealer(t *testing.T, others ...fact.Identity) *Concealer {
	t.Helper()
	keys, _ := Keys(hash, jane, others)
	return New(hash, []Erasure{{"erased-0badcafe", keys}})
}

// TestText: names, addresses and logins go wherever they stand; words of the language stay.
func TestText(t *testing.T) {
	c := concealer(t)
	address := c.Text("jane@home.example")
	if Pseudonym(address) != "erased-0badcafe" || address == c.Text("jane.roe@corp.example") {
		t.Errorf("addresses became %s and %s", address, c.Text("jane.roe@corp.example"))
	}
	for text, want := range map[string]string{
		"":                                      "",
		"Fix what Jane Roe broke":               "Fix what erased-0badcafe broke",
		"jane-roe, JANE_ROE; Roe, Jane":         "erased-0badcafe, erased-0badcafe; erased-0badcafe",
		"Thanks to Jane Q. Roe!":                "Thanks to erased-0badcafe!",
		"mail <jane@home.example> now":          "mail <" + address + "> now",
		"roe1987: set max to 3":                 "erased-0badcafe: set max to 3",
		"ask @max, or TODO(max): it":            "ask @erased-0badcafe, or TODO(erased-0badcafe): it",
		"Merge pull request #1 from max/patch":  "Merge pull request #1 from erased-0badcafe/patch",
		"Janet Roe and Jane Roeder":             "Janet Roe and Jane Roeder",
		"Jane\nRoe and Jane      Roe":           "Jane\nRoe and Jane      Roe",
		"min/max of it, max@ and (maximum) max": "min/max of it, erased-0badcafe@ and (maximum) max",
	} {
		if got := c.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if again := c.Text(c.Text(text)); again != c.Text(text) {
			t.Errorf("%q: what is concealed is concealed again: %q", text, again)
		}
	}
	if got := (*Concealer)(nil).Text("Jane Roe"); got != "Jane Roe" || New(hash, nil) != nil {
		t.Errorf("without erasures: %q", got)
	}
}

// TestIdentity: what a source writes of the person later is of the same pseudonym, also
// under an address that was not known.
func TestIdentity(t *testing.T) {
	c := concealer(t)
	for _, id := range append(jane.Identities, fact.Identity{Name: "J", Email: "JANE@home.example"}, fact.Identity{Name: "Jane Roe", Email: "new@other.example"},
		fact.Identity{Name: "x", Email: "1+roe1987@users.noreply.github.com"}) {
		got := c.Identity(id)
		if got.Name != "erased-0badcafe" || Pseudonym(got.Email) != "erased-0badcafe" {
			t.Errorf("%v became %v", id, got)
		}
		if again := c.Identity(got); again != got {
			t.Errorf("%v became %v", got, again)
		}
	}
	for _, id := range []fact.Identity{{Name: "Max", Email: "m@corp.example"}, {Name: "jq", Email: "other@corp.example"}, {}} {
		if got := c.Identity(id); got != id {
			t.Errorf("%v became %v", id, got)
		}
	}
	if got := c.Identity(jane.Identities[1]); !strings.HasSuffix(got.Email, "+erased-0badcafe@users.noreply.erased.invalid") {
		t.Errorf("an address that hides a login became %s", got.Email)
	}
}

// TestShared: what also names somebody else stays, and is told.
func TestShared(t *testing.T) {
	other := fact.Identity{Name: "Jane Roe", Email: "jr@other.example"}
	keys, shared := Keys(hash, jane, []fact.Identity{other})
	if diff := cmp.Diff([]string{"jane roe"}, shared); diff != "" {
		t.Error(diff)
	}
	c := New(hash, []Erasure{{"erased-0badcafe", keys}})
	if got := c.Identity(other); got != other {
		t.Errorf("somebody else became %v", got)
	}
	if got := c.Identity(jane.Identities[0]); got.Name != "erased-0badcafe" {
		t.Errorf("the erased one became %v", got)
	}
}

// TestDocument: ids and names go from documents, paths stay.
func TestDocument(t *testing.T) {
	c := concealer(t)
	got := c.Document("# Jane Roe's\npeople:\n  - {id: max, name: Jane Roe, logins: [max, \"max\", roe1987], manager: none}\n  - {id: ada, manager: max}\nmemberships:\n  - person: max\n    title: up to max\nsources:\n  - {git: /home/roe1987/api}\nmax: 3 # max\n")
	want := "# erased-0badcafe's\npeople:\n  - {id: erased-0badcafe, name: erased-0badcafe, logins: [erased-0badcafe, \"erased-0badcafe\", erased-0badcafe], manager: none}\n  - {id: ada, manager: erased-0badcafe}\nmemberships:\n  - person: erased-0badcafe\n    title: up to max\nsources:\n  - {git: /home/roe1987/api}\nerased-0badcafe: 3 # max\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Value("max") != "erased-0badcafe" || c.Value("max power") != "max power" || c.Value("Jane Roe") != "erased-0badcafe" {
		t.Error("values of fields")
	}
}

func FuzzText(f *testing.F) {
	c := New(hash, []Erasure{{"erased-0badcafe", must(Keys(hash, jane, nil))}})
	f.Add("Jane Roe <jane@home.example>, @max")
	f.Fuzz(func(t *testing.T, s string) {
		if once := c.Text(s); c.Text(once) != once {
			t.Errorf("%q became %q, and then %q", s, once, c.Text(once))
		}
		c.Document(s)
	})
}

func must(keys []Key, _ []string) []Key { return keys }
