package ingest

import "testing"

func TestKeyIn(t *testing.T) {
	for text, want := range map[string]string{
		"PAY-12 Pay later":                    "PAY-12",
		"Pay later pay-12-new-button":         "PAY-12",
		"Fix UTF-8 encoding (PAY-12)":         "PAY-12",
		"Use SHA-256 instead of MD-5 [web-3]": "WEB-3",
		"Mend CVE-2024-1234":                  "",
		"2024-11-12 release":                  "",
		"Ask for RFC-9110":                    "",
		"X2-7: parts":                         "X2-7",
		"nothing":                             "",
	} {
		if got := keyIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
