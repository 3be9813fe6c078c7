package agreement

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// company is an organisation document as Staff sees it.
type company map[string]somebody

type somebody struct {
	role string
	left time.Time
}

func (c company) Holds(role string) (out []string) {
	for name, s := range c {
		if s.role == role && s.left.IsZero() {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (c company) Knows(name string) (string, time.Time, bool) {
	s, ok := c[name]
	return s.role, s.left, ok
}

func TestHoldersAreHeldAgainstTheOrganisation(t *testing.T) {
	left := today.AddDate(0, -1, 0)
	for name, c := range map[string]struct {
		staff company
		want  []string
	}{
		"as agreed":               {company{"Ada": {"cto", time.Time{}}, "Grace": {"vpe", time.Time{}}}, nil},
		"one leads both":          {company{"Ada": {"technical_leader", time.Time{}}, "Grace": {"vpe", time.Time{}}}, nil},
		"without a role":          {company{"Ada": {}, "Grace": {"vpe", time.Time{}}}, nil},
		"the CTO has left":        {company{"Ada": {"", left}, "Grace": {"vpe", time.Time{}}}, []string{"holder_left: The CTO of the agreement (Ada) left on " + date(left)}},
		"another is CTO":          {company{"Alan": {"cto", time.Time{}}, "Grace": {"vpe", time.Time{}}}, []string{"holder_differs: The CTO of the agreement (Ada) is not the CTO of the organisation (Alan)"}},
		"the VPE is a director":   {company{"Ada": {"cto", time.Time{}}, "Grace": {"director", time.Time{}}}, []string{"holder_of_another_role: The VP of Engineering of the agreement (Grace) has the role director in the organisation document"}},
		"nobody knows the VPE":    {company{"Ada": {"cto", time.Time{}}}, []string{"holder_unknown: The VP of Engineering of the agreement (Grace) is nobody of the organisation document"}},
		"the two changed places":  {company{"Ada": {"vpe", time.Time{}}, "Grace": {"cto", time.Time{}}}, []string{"holder_differs: The CTO of the agreement (Ada) is not the CTO of the organisation (Grace)", "holder_differs: The VP of Engineering of the agreement (Grace) is not the VP of Engineering of the organisation (Ada)"}},
		"two CTOs, one is agreed": {company{"Ada": {"cto", time.Time{}}, "Alan": {"cto", time.Time{}}, "Grace": {"vpe", time.Time{}}}, nil},
	} {
		var got []string
		for _, f := range Check(rules(t), parse(t, settled(t)), c.staff, today) {
			got = append(got, f.ID+": "+f.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestADraftIsToldWhoHoldsTheRole(t *testing.T) {
	a := parse(t, settled(t), "    holder: \"Ada\"\n", "")
	staff := company{"Ada": {"cto", time.Time{}}, "Grace": {"vpe", time.Time{}}}
	for _, f := range Check(rules(t), a, staff, today) {
		if f.ID == "no_holder" && f.Advice == "write holder: Ada, who has the role in organisation.yaml" {
			return
		}
	}
	t.Error("the check does not say who has the role")
}

func TestHealthNamesNobody(t *testing.T) {
	a := parse(t, settled(t), `holder: "Grace"`, `holder: "Barbara"`)
	staff := company{"Alan": {"cto", time.Time{}}, "Barbara": {"", today.AddDate(0, -1, 0)}}
	h := Health(rules(t), a, staff, cockpit.Drift{}, today)
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Ada", "Grace", "Barbara", "Alan"} {
		if strings.Contains(string(text), name) {
			t.Errorf("%s is named: %s", name, text)
		}
	}
	var got []string
	for _, f := range h.Findings {
		got = append(got, f.Text)
	}
	for _, want := range []string{"The CTO of the agreement is not the CTO of the organisation", "The VP of Engineering of the agreement left on " + date(today.AddDate(0, -1, 0)), "Somebody else signed as the VP of Engineering, whose holder is another"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if before := Health(rules(t), a, staff, cockpit.Drift{}, a.Effective.AddDate(0, 0, -1)); !strings.HasSuffix(before.Summary, "It holds from "+date(a.Effective)+", after the day that is judged.") {
		t.Errorf("before it holds: %s", before.Summary)
	}
	if h.Problems != len(h.Findings) || h.Signatures[0].State != cockpit.SignatureStale || h.Against != cockpit.AgainstAgreement {
		t.Errorf("%+v", h)
	}
}

func TestHealthGivesTheDecisionsBehindDrift(t *testing.T) {
	traces := append(decided(7, "Architecture of the queue", "vpe"), decided(2, "Architecture of the store", "cto")...)
	d := Drift(rules(t), nil, traces, time.Time{}, today)
	h := Health(rules(t), nil, nil, d, today)
	if h.Unknown == "" || h.How != "diarchy agreement draft" || h.Against != cockpit.AgainstPlaybook || h.Traces != 9 {
		t.Errorf("%+v", h)
	}
	i := slices.IndexFunc(h.Drift, func(f cockpit.HealthDrift) bool { return f.What == decidedByAnother })
	if i < 0 || !strings.Contains(h.Drift[i].Text, "the playbook proposes the CTO, decided by the VP of Engineering in 7 of 9") {
		t.Fatalf("%+v", h.Drift)
	}
	by := map[string]int{}
	for _, x := range h.Drift[i].Traces {
		by[x.By]++
	}
	if by["the VP of Engineering"] != 7 || by["the CTO"] != 2 {
		t.Errorf("the nine: %v", by)
	}
}
