package source

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// What those who push may be told.
var (
	ErrSignature = errors.New("the signature is missing or wrong")
	ErrReplayed  = errors.New("it was here before")
)

// SignatureHeader holds sha256= and the HMAC of the body, in hexadecimal digits.
const SignatureHeader = "X-Hub-Signature-256"

// Signed reports whether a header signs a text with any of some secrets, so that one can be
// replaced. It compares in constant time, with each secret, whatever the header holds.
func Signed(header string, text []byte, secrets [][]byte) bool {
	digits, prefixed := strings.CutPrefix(header, "sha256=")
	given, err := hex.DecodeString(digits)
	fits := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write(text)
		fits = hmac.Equal(mac.Sum(nil), given) && len(secret) > 0 || fits
	}
	return fits && prefixed && err == nil
}
