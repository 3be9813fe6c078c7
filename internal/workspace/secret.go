package workspace

import (
	"regexp"
	"strings"
)

// hidden stands for a secret.
const hidden = "***"

var (
	// user:password@ in an address; the password may hold any character but a
	// space, so the last @ ends it.
	userInfo = regexp.MustCompile(`(://[^:/?#@\s]*):[^\s]*@`)
	// A token as the user of an https address.
	httpUser = regexp.MustCompile(`(https?://)[^/@\s]+@`)
	// user:password@host without a scheme.
	bareUser = regexp.MustCompile(`\b([A-Za-z0-9._-]+):[^\s/@:"'*]+@`)
	// password=..., in a query or a list of key=value pairs.
	keyValue  = regexp.MustCompile(`(?i)([a-z_]*(?:password|passwd|secret|token)[a-z_]*\s*=\s*)('[^']*'|[^&\s'"]+)`)
	secretKey = regexp.MustCompile(`(?i)password|passwd|secret|token`)
)

// hide replaces the credentials in s.
func hide(s string) string {
	if !strings.ContainsAny(s, "=@") {
		return s
	}
	s = userInfo.ReplaceAllString(s, "${1}:"+hidden+"@")
	s = httpUser.ReplaceAllString(s, "${1}"+hidden+"@")
	s = bareUser.ReplaceAllString(s, "${1}:"+hidden+"@")
	return keyValue.ReplaceAllString(s, "${1}"+hidden)
}

// show returns what may be printed of a setting.
func show(key, value string) string {
	if secretKey.MatchString(key) && value != "" {
		return hidden
	}
	return hide(value)
}
