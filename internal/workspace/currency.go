package workspace

import "strings"

// The currencies of ISO 4217 in use, and those recently replaced that past
// revenue may be in (ANG, BGN, HRK), by the digits of their minor unit. Metals,
// funds codes and test codes are left out.
const (
	noMinorUnit = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
	threeDigits = "BHD IQD JOD KWD LYD OMR TND"
	twoDigits   = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF " +
		"CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG " +
		"HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR " +
		"MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK " +
		"SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD " +
		"XCG YER ZAR ZMW ZWG"
)

// minorUnits returns how many minor units make one unit of the currency.
func minorUnits(code string) (units int64, ok bool) {
	has := func(list string) bool { return len(code) == 3 && strings.Contains(" "+list+" ", " "+code+" ") }
	switch {
	case has(twoDigits):
		return 100, true
	case has(noMinorUnit):
		return 1, true
	case has(threeDigits):
		return 1000, true
	}
	return 0, false
}

// MinorUnits returns how many minor units (cents) make one unit of an ISO 4217 currency.
func MinorUnits(code string) (units int64, ok bool) { return minorUnits(code) }
