package source

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
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

// SignedStream is Signed of a text that is too long to be held, with one secret. A header that can
// sign nothing is refused before the text is read.
func SignedStream(header string, text io.Reader, secret []byte) (bool, error) {
	digits, prefixed := strings.CutPrefix(header, "sha256=")
	given, err := hex.DecodeString(digits)
	if !prefixed || err != nil || len(given) != sha256.Size || len(secret) == 0 {
		return false, nil
	}
	mac := hmac.New(sha256.New, secret)
	if _, err := io.Copy(mac, text); err != nil {
		return false, err
	}
	return hmac.Equal(mac.Sum(nil), given), nil
}
