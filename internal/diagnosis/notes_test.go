package diagnosis

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/playbook"
)

// Every assumed number says where it comes from; a published rule, who says it.
func TestAssumptionsNameTheirSource(t *testing.T) {
	own, err := playbook.Load("playbook.yaml", []byte("stage:\n  rules:\n    suster: {low: 12}\n    loka: {strike: true}\n"))
	if err != nil {
		t.Fatal(err)
	}
	edits := map[string]bool{}
	for _, a := range (Input{Playbook: own}).assumptions() {
		if edits[a.Edit] {
			t.Errorf("%s is listed twice", a.Edit)
		}
		edits[a.Edit] = true
		if a.Source == "" && a.Value != playbook.Struck {
			t.Errorf("%s has no source: %+v", a.Edit, a)
		}
		if strings.HasSuffix(a.Edit, "stage.rules.suster") && (a.Value != "12 to 20 people in the company" || a.Origin != "company" || !strings.Contains(a.Name, "VP of Engineering beside the CTO") || a.Source != "Mark Suster, 2010") {
			t.Errorf("%+v", a)
		}
	}
	for _, r := range own.Stage.Rules {
		key := "playbook.yaml: stage.rules." + r.ID
		if has := edits[key] || edits[key+".stages"]; has != (r.Unit != playbook.UnitSymptoms) {
			t.Errorf("rule %s in %s: listed is %v", r.ID, r.Unit, has)
		}
	}
	if !edits["playbook.yaml: stage.rules.loka"] {
		t.Error("the rule that the company struck is not listed")
	}
}
