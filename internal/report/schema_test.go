package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// published are the documents whose schema follows from their Go types.
var published = map[string]struct {
	schema string
	typ    reflect.Type
}{
	"agreement-draft-v1.json":       {cockpit.DraftedSchema, reflect.TypeFor[cockpit.DraftedAgreement]()},
	"agreement-signature-v1.json":   {cockpit.SignedSchema, reflect.TypeFor[cockpit.SignedAgreement]()},
	"organisation-document-v1.json": {cockpit.OrganisationDocumentSchema, reflect.TypeFor[cockpit.OrganisationDocument]()},
	"organisation-import-v1.json":   {cockpit.OrganisationImportSchema, reflect.TypeFor[cockpit.OrganisationImport]()},
	"organisation-v1.json":          {cockpit.OrganisationSchema, reflect.TypeFor[cockpit.Organisation]()},
	"borders-v1.json":               {cockpit.BordersSchema, reflect.TypeFor[cockpit.Borders]()},
	"match-v1.json":                 {cockpit.MatchSchema, reflect.TypeFor[cockpit.Match]()},
	"drift-v1.json":                 {cockpit.DriftSchema, reflect.TypeFor[cockpit.Drift]()},
	"sprints-v1.json":               {cockpit.SprintsSchema, reflect.TypeFor[cockpit.Sprints]()},
	"forecast-v1.json":              {cockpit.ForecastSchema, reflect.TypeFor[cockpit.Forecast]()},
	"whatif-v1.json":                {cockpit.WhatIfSchema, reflect.TypeFor[cockpit.WhatIf]()},
	"person-export-v1.json":         {cockpit.PersonExportSchema, reflect.TypeFor[cockpit.PersonExport]()},
	"person-erasure-v1.json":        {cockpit.PersonErasureSchema, reflect.TypeFor[cockpit.PersonErasure]()},
}

// TestPublishedSchemas: what docs/schema publishes is what is printed, key by key; a
// change of a type shows as a diff of its schema. Refresh with -update.
func TestPublishedSchemas(t *testing.T) {
	for name, p := range published {
		s := schemaOf(p.typ)
		s["$schema"], s["title"] = "https://json-schema.org/draft/2020-12/schema", p.schema
		s["properties"].(map[string]any)["schema"] = map[string]any{"const": p.schema}
		want, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		path := filepath.Join("../../docs/schema", name)
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not the schema of %s: go test ./internal/report -run Schemas -update (%v)", path, p.typ, err)
		}
		valid(t, path, example(p.typ, p.schema))
		empty := reflect.New(p.typ).Elem()
		empty.FieldByName("Schema").SetString(p.schema)
		valid(t, path, empty.Interface())
		if text, _ := json.Marshal(map[string]any{"schema": p.schema, "surplus": 1}); validates(t, path, text) == nil {
			t.Errorf("%s takes anything", path)
		}
	}
}

func valid(t *testing.T, path string, doc any) {
	t.Helper()
	var text bytes.Buffer
	if err := Encode(&text, doc); err != nil {
		t.Fatal(err)
	}
	if err := validates(t, path, text.Bytes()); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

func validates(t *testing.T, path string, text []byte) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(v)
}

// schemaOf is the schema of a type as encoding/json writes it.
func schemaOf(typ reflect.Type) map[string]any {
	switch {
	case typ == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case typ.Kind() == reflect.Pointer:
		s := schemaOf(typ.Elem())
		s["type"] = []any{s["type"], "null"}
		return s
	}
	switch typ.Kind() {
	case reflect.Struct:
		properties, required := map[string]any{}, []string{}
		for i := range typ.NumField() {
			name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			properties[name] = schemaOf(typ.Field(i).Type)
			if options != "omitempty" {
				required = append(required, name)
			}
		}
		return map[string]any{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(typ.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(typ.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "integer"}
}

// example is a value with one element in every list.
func example(typ reflect.Type, schema string) any {
	v := reflect.New(typ).Elem()
	fill(v)
	v.FieldByName("Schema").SetString(schema)
	return v.Interface()
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	}
}
