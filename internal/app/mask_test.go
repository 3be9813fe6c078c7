package app

import "testing"

func TestNobodyIsNamedInTexts(t *testing.T) {
	m := newMasker([]string{"Ada Example", "ada@example.com", "Ada Example Jr", "build"})
	for in, want := range map[string]string{
		"Ask Ada Example about it":                              "Ask somebody about it",
		"Ask Ada Example Jr about the build":                    "Ask somebody about the build",
		"TODO(ada): say what":                                   "TODO: say what",
		"fixme (bea, 2024): later":                              "fixme: later",
		"Merge pull request #7 from ada-e/fix-build":            "Merge pull request #7 from somebody/fix-build",
		"Reported by ada@example.com and bea.other@example.org": "Reported by somebody and somebody",
		"Thanks @ada-e, and (@bea)":                             "Thanks somebody, and (somebody)",
		"internal/a.go: +3 -2":                                  "internal/a.go: +3 -2",
		"Use lodash@4 in src/@types/index.d.ts":                 "Use lodash@4 in src/@types/index.d.ts",
	} {
		if got := m.mask(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
