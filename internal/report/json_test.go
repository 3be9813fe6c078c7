package report

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/cockpit"
)

const schemaPath = "../../docs/schema/diagnosis-v1.json"

func jsonOf(t *testing.T, d cockpit.Diagnosis) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := JSON(&buf, d); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func validate(t *testing.T, doc []byte) error {
	t.Helper()
	return validateBy(t, schemaPath, doc)
}

func TestJSONFollowsItsSchema(t *testing.T) {
	poisoned := hostile()
	for i, l := range sample().Lenses {
		poisoned.Lenses[i].Name = l.Name // a key, though it is also shown
	}
	for name, d := range map[string]cockpit.Diagnosis{"full": sample(), "empty": empty(), "chartless": chartless(), "hostile": poisoned} {
		if err := validate(t, jsonOf(t, d)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJSONSchemaIsStrict(t *testing.T) {
	good := string(jsonOf(t, sample()))
	for _, c := range []struct{ why, from, to string }{
		{"a field that is not known", `"company":`, `"compagny": "", "company":`},
		{"a field that is not there", `"company":`, `"x":`},
		{"a call that is not known", `"call": "prepare"`, `"call": "maybe"`},
		{"a role that is not known", `"missing_role": "vpe"`, `"missing_role": "cfo"`},
		{"a state that is not known", `"state": "present"`, `"state": "likely"`},
		{"a lens that is not known", `"name": "stage"`, `"name": "mood"`},
		{"a confidence above 1", `"confidence": 0.714`, `"confidence": 71.4`},
		{"a date that is none", `"as_of": "2026-10-31"`, `"as_of": "October"`},
		{"a share of a call that is not known", `"one_leader": 0.083`, `"two_leaders": 0.083`},
	} {
		bad := strings.Replace(good, c.from, c.to, 1)
		if bad == good {
			t.Fatalf("%s: %s is not in the output", c.why, c.from)
		}
		if validate(t, []byte(bad)) == nil {
			t.Errorf("the schema accepts %s", c.why)
		}
	}
}

// The schema must name every field of the type, and no other.
func TestJSONSchemaMatchesTheType(t *testing.T) {
	raw, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	var root schemaNode
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	compareType(t, "diagnosis", reflect.TypeFor[cockpit.Diagnosis](), root, root.Defs)
}

type schemaNode struct {
	Ref        string                `json:"$ref"`
	Defs       map[string]schemaNode `json:"$defs"`
	Properties map[string]schemaNode `json:"properties"`
	Required   []string              `json:"required"`
	Items      *schemaNode           `json:"items"`
	AnyOf      []schemaNode          `json:"anyOf"`
}

func compareType(t *testing.T, at string, typ reflect.Type, node schemaNode, defs map[string]schemaNode) {
	t.Helper()
	if len(node.AnyOf) > 0 { // or null
		node = node.AnyOf[0]
	}
	if name, ok := strings.CutPrefix(node.Ref, "#/$defs/"); ok {
		node = defs[name]
	}
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ.Kind() == reflect.Slice:
		if node.Items == nil {
			t.Errorf("%s: the schema has no items", at)
			return
		}
		compareType(t, at+"[]", typ.Elem(), *node.Items, defs)
	case typ.Kind() == reflect.Struct && node.Properties != nil:
		compareStruct(t, at, typ, node, defs)
	}
}

func compareStruct(t *testing.T, at string, typ reflect.Type, node schemaNode, defs map[string]schemaNode) {
	t.Helper()
	var names, required []string
	for _, field := range reflect.VisibleFields(typ) {
		if field.Anonymous { // its fields follow
			continue
		}
		name, opts, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		if opts != "omitempty" {
			required = append(required, name)
		}
		compareType(t, at+"."+name, field.Type, node.Properties[name], defs)
	}
	var known []string
	for name := range node.Properties {
		known = append(known, name)
	}
	slices.Sort(names)
	slices.Sort(known)
	slices.Sort(required)
	slices.Sort(node.Required)
	if diff := cmp.Diff(names, known); diff != "" {
		t.Errorf("%s: fields (-type +schema):\n%s", at, diff)
	}
	if diff := cmp.Diff(required, node.Required); diff != "" {
		t.Errorf("%s: required (-type +schema):\n%s", at, diff)
	}
}

func TestJSONWritesListsThatAreNotThereAsEmpty(t *testing.T) {
	out := string(jsonOf(t, empty()))
	if strings.Contains(strings.ReplaceAll(out, `"confidence": null`, ""), "null") {
		t.Errorf("null in\n%s", out)
	}
	for _, want := range []string{`"lenses": []`, `"in_the_meantime": []`, `"points": []`, `"shares": {}`} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
}

func TestJSONReadsBack(t *testing.T) {
	var got cockpit.Diagnosis
	if err := json.Unmarshal(jsonOf(t, sample()), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(jsonOf(t, sample())), string(jsonOf(t, got))); diff != "" {
		t.Error(diff)
	}
}

func TestJSONUnknownNumbersAreNull(t *testing.T) {
	d := sample()
	d.Lenses[0].Facts[0].Number = ptr(math.NaN())
	if out := jsonOf(t, d); !bytes.Contains(out, []byte(`"number": null`)) || bytes.Contains(out, []byte("NaN")) {
		t.Errorf("NaN is not null")
	}
	if !math.IsNaN(*d.Lenses[0].Facts[0].Number) {
		t.Error("the caller's diagnosis was changed")
	}
	d.Verdict.Confidence = math.NaN()
	if err := JSON(&bytes.Buffer{}, d); err == nil {
		t.Error("a confidence that is no number was written")
	}
}
