package web

import (
	"reflect"
	"testing"

	"github.com/diarchy/diarchy/internal/htmltest"
)

// pageTypes says what each page is executed with. A page that is not listed fails.
var pageTypes = map[string]reflect.Type{
	"room":  reflect.TypeFor[roomPage](),
	"enter": reflect.TypeFor[enterPage](),
	"shown": reflect.TypeFor[shownPage](),
	"error": reflect.TypeFor[errorPage](),
}

func TestTemplatesFitTheirTypes(t *testing.T) {
	all, err := parsePages()
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range all {
		typ, ok := pageTypes[name]
		if !ok {
			t.Errorf("%s: no type is named for it", name)
			continue
		}
		for _, problem := range htmltest.Check(page, "layout.tmpl", typ) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}
