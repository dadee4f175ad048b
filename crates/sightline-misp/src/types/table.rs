//! The table of the attribute types: one row each with code, name, default category, default `to_ids`, how a value
//! is normalised and what is accepted.
//!
//! The code is what the database stores: it never changes and is never used again for another type. New rows go to
//! the end with the next number. The order of the rows is the order in which the types are served.

use super::Category;
use super::hashes::Hash::{Cdhash, Hex, Impfuzzy, Pehash, Ssdeep, Telfhash, Tlsh, Vhash};
use super::normalise::Normal;
use super::validate::Rule;

/// What is fixed about a type.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) code: i64,
    pub(super) category: Category,
    pub(super) to_ids: bool,
    pub(super) normal: Normal,
    pub(super) rule: Rule,
}

macro_rules! attribute_types {
    ($($variant:ident = $code:literal, $name:literal, $category:ident, $to_ids:literal,
       $normal:ident, $rule:ident $(($arg:expr))?;)+) => {
        /// An attribute type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum AttributeType {
            $(#[doc = concat!("`", $name, "`")] $variant = $code,)+
        }

        impl AttributeType {
            /// Every type, in the order in which they are served.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The type with this stored code.
            pub const fn from_code(code: i64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }

            pub(super) const fn row(self) -> &'static Row {
                match self {
                    $(Self::$variant => &Row {
                        name: $name,
                        code: $code,
                        category: Category::$category,
                        to_ids: $to_ids,
                        normal: Normal::$normal,
                        rule: Rule::$rule $(($arg))?,
                    },)+
                }
            }
        }
    };
}

attribute_types! {
    Md5 = 1, "md5", PayloadDelivery, true, Lower, Hash(Hex(32));
    Sha1 = 2, "sha1", PayloadDelivery, true, Lower, Hash(Hex(40));
    Sha256 = 3, "sha256", PayloadDelivery, true, Lower, Hash(Hex(64));
    Filename = 4, "filename", PayloadDelivery, true, Keep, SingleLine;
    Pdb = 5, "pdb", ArtifactsDropped, false, Keep, SingleLine;
    FilenameMd5 = 6, "filename|md5", PayloadDelivery, true, LowerTail, FilenameHash(Hex(32));
    FilenameSha1 = 7, "filename|sha1", PayloadDelivery, true, LowerTail, FilenameHash(Hex(40));
    FilenameSha256 = 8, "filename|sha256", PayloadDelivery, true, LowerTail, FilenameHash(Hex(64));
    IpSrc = 9, "ip-src", NetworkActivity, true, Ip, Ip;
    IpDst = 10, "ip-dst", NetworkActivity, true, Ip, Ip;
    Hostname = 11, "hostname", NetworkActivity, true, Lower, Hostname;
    Domain = 12, "domain", NetworkActivity, true, Domain, Domain;
    DomainIp = 13, "domain|ip", NetworkActivity, true, DomainIp, DomainIp;
    Email = 14, "email", SocialNetwork, true, Lower, Email;
    EmailSrc = 15, "email-src", PayloadDelivery, true, Lower, Email;
    Eppn = 16, "eppn", NetworkActivity, true, Keep, Email;
    EmailDst = 17, "email-dst", NetworkActivity, true, Lower, Email;
    EmailSubject = 18, "email-subject", PayloadDelivery, false, Keep, SingleLine;
    EmailAttachment = 19, "email-attachment", PayloadDelivery, true, Keep, Anything;
    EmailBody = 20, "email-body", PayloadDelivery, false, Keep, Anything;
    Float = 21, "float", Other, false, Keep, Numeric;
    GitCommitId = 22, "git-commit-id", InternalReference, false, Keep, Hash(Hex(40));
    Url = 23, "url", NetworkActivity, true, Keep, SingleLine;
    HttpMethod = 24, "http-method", NetworkActivity, false, Upper, HttpMethod;
    UserAgent = 25, "user-agent", NetworkActivity, false, Keep, SingleLine;
    Ja3FingerprintMd5 = 26, "ja3-fingerprint-md5", NetworkActivity, true, Lower, Hash(Hex(32));
    JarmFingerprint = 27, "jarm-fingerprint", NetworkActivity, true, Lower, Hash(Hex(62));
    FaviconMmh3 = 28, "favicon-mmh3", NetworkActivity, true, Keep, SingleLine;
    HasshMd5 = 29, "hassh-md5", NetworkActivity, true, Lower, Hash(Hex(32));
    HasshserverMd5 = 30, "hasshserver-md5", NetworkActivity, true, Lower, Hash(Hex(32));
    Regkey = 31, "regkey", PersistenceMechanism, true, Keep, SingleLine;
    RegkeyValue = 32, "regkey|value", PersistenceMechanism, true, Keep, SingleLine;
    AutonomousSystem = 33, "AS", NetworkActivity, false, Asn, Asn;
    Snort = 34, "snort", NetworkActivity, true, Keep, Anything;
    Suricata = 35, "suricata", NetworkActivity, true, Keep, Anything;
    Bro = 36, "bro", NetworkActivity, true, Keep, Anything;
    Zeek = 37, "zeek", NetworkActivity, true, Keep, Anything;
    CommunityId = 38, "community-id", NetworkActivity, true, Keep, Anything;
    DomHash = 39, "dom-hash", NetworkActivity, true, Lower, Hash(Hex(32));
    PatternInFile = 40, "pattern-in-file", PayloadInstallation, true, Keep, Anything;
    PatternInTraffic = 41, "pattern-in-traffic", NetworkActivity, true, Keep, Anything;
    PatternInMemory = 42, "pattern-in-memory", PayloadInstallation, true, Keep, Anything;
    FilenamePattern = 43, "filename-pattern", PayloadInstallation, true, Keep, Anything;
    PgpPublicKey = 44, "pgp-public-key", Person, false, Keep, Anything;
    PgpPrivateKey = 45, "pgp-private-key", Person, false, Keep, Anything;
    SshFingerprint = 46, "ssh-fingerprint", NetworkActivity, false, Keep, SshFingerprint;
    Yara = 47, "yara", PayloadInstallation, true, Keep, Anything;
    Stix2Pattern = 48, "stix2-pattern", PayloadInstallation, true, Keep, Anything;
    Sigma = 49, "sigma", PayloadInstallation, true, Keep, Anything;
    Gene = 50, "gene", ArtifactsDropped, false, Keep, Anything;
    KustoQuery = 51, "kusto-query", ArtifactsDropped, false, Keep, Anything;
    MimeType = 52, "mime-type", ArtifactsDropped, false, Keep, Anything;
    IdentityCardNumber = 53, "identity-card-number", Person, false, Keep, Anything;
    Cookie = 54, "cookie", NetworkActivity, false, Keep, Anything;
    Vulnerability = 55, "vulnerability", ExternalAnalysis, false, Identifier, Cve;
    Cpe = 56, "cpe", ExternalAnalysis, false, Keep, Anything;
    Weakness = 57, "weakness", ExternalAnalysis, false, Identifier, Cwe;
    Attachment = 58, "attachment", ExternalAnalysis, false, Keep, Anything;
    MalwareSample = 59, "malware-sample", PayloadDelivery, true, Keep, Anything;
    Link = 60, "link", ExternalAnalysis, false, Keep, Link;
    Comment = 61, "comment", Other, false, Keep, Anything;
    Text = 62, "text", Other, false, Keep, Anything;
    Hex = 63, "hex", Other, false, Upper, HexDigits;
    Other = 64, "other", Other, false, Keep, Anything;
    NamedPipe = 65, "named pipe", ArtifactsDropped, false, Keep, SingleLine;
    Mutex = 66, "mutex", ArtifactsDropped, true, Keep, Anything;
    ProcessState = 67, "process-state", ArtifactsDropped, false, Keep, Anything;
    TargetUser = 68, "target-user", TargetingData, false, Keep, SingleLine;
    TargetEmail = 69, "target-email", TargetingData, false, Lower, Email;
    TargetMachine = 70, "target-machine", TargetingData, false, Keep, SingleLine;
    TargetOrg = 71, "target-org", TargetingData, false, Keep, SingleLine;
    TargetLocation = 72, "target-location", TargetingData, false, Keep, SingleLine;
    TargetExternal = 73, "target-external", TargetingData, false, Keep, SingleLine;
    Btc = 74, "btc", FinancialFraud, true, Keep, Alphanumeric;
    Dash = 75, "dash", FinancialFraud, true, Keep, Alphanumeric;
    Xmr = 76, "xmr", FinancialFraud, true, Keep, Alphanumeric;
    Iban = 77, "iban", FinancialFraud, true, Alphanumeric, Alphanumeric;
    Bic = 78, "bic", FinancialFraud, true, Alphanumeric, Alphanumeric;
    BankAccountNr = 79, "bank-account-nr", FinancialFraud, true, Keep, Numeric;
    AbaRtn = 80, "aba-rtn", FinancialFraud, true, Keep, Numeric;
    Bin = 81, "bin", FinancialFraud, true, Digits, Numeric;
    CcNumber = 82, "cc-number", FinancialFraud, true, Digits, Numeric;
    Prtn = 83, "prtn", FinancialFraud, true, Phone, Numeric;
    PhoneNumber = 84, "phone-number", Person, false, Phone, Numeric;
    ThreatActor = 85, "threat-actor", Attribution, false, Keep, SingleLine;
    CampaignName = 86, "campaign-name", Attribution, false, Keep, SingleLine;
    CampaignId = 87, "campaign-id", Attribution, false, Keep, SingleLine;
    MalwareType = 88, "malware-type", PayloadDelivery, false, Keep, SingleLine;
    Uri = 89, "uri", NetworkActivity, true, Keep, SingleLine;
    Authentihash = 90, "authentihash", PayloadDelivery, true, Lower, Hash(Hex(64));
    Vhash = 91, "vhash", PayloadDelivery, true, Lower, Hash(Vhash);
    Ssdeep = 92, "ssdeep", PayloadDelivery, true, Keep, Hash(Ssdeep);
    Imphash = 93, "imphash", PayloadDelivery, true, Lower, Hash(Hex(32));
    Telfhash = 94, "telfhash", PayloadDelivery, true, Lower, Hash(Telfhash);
    Pehash = 95, "pehash", PayloadDelivery, true, Lower, Hash(Pehash);
    Impfuzzy = 96, "impfuzzy", PayloadDelivery, true, Keep, Hash(Impfuzzy);
    Sha224 = 97, "sha224", PayloadDelivery, true, Lower, Hash(Hex(56));
    Sha384 = 98, "sha384", PayloadDelivery, true, Lower, Hash(Hex(96));
    Sha512 = 99, "sha512", PayloadDelivery, true, Lower, Hash(Hex(128));
    Sha512_224 = 100, "sha512/224", PayloadDelivery, true, Lower, Hash(Hex(56));
    Sha512_256 = 101, "sha512/256", PayloadDelivery, true, Lower, Hash(Hex(64));
    Sha3_224 = 102, "sha3-224", PayloadDelivery, true, Lower, Hash(Hex(56));
    Sha3_256 = 103, "sha3-256", PayloadDelivery, true, Lower, Hash(Hex(64));
    Sha3_384 = 104, "sha3-384", PayloadDelivery, true, Lower, Hash(Hex(96));
    Sha3_512 = 105, "sha3-512", PayloadDelivery, true, Lower, Hash(Hex(128));
    Tlsh = 106, "tlsh", PayloadDelivery, true, Lower, Hash(Tlsh);
    Cdhash = 107, "cdhash", PayloadDelivery, true, Lower, Hash(Cdhash);
    FilenameAuthentihash = 108, "filename|authentihash", PayloadDelivery, true, LowerTail, FilenameHash(Hex(64));
    FilenameVhash = 109, "filename|vhash", PayloadDelivery, true, LowerTail, FilenameHash(Vhash);
    FilenameSsdeep = 110, "filename|ssdeep", PayloadDelivery, true, Keep, FilenameHash(Ssdeep);
    FilenameImphash = 111, "filename|imphash", PayloadDelivery, true, LowerTail, FilenameHash(Hex(32));
    FilenameImpfuzzy = 112, "filename|impfuzzy", PayloadDelivery, true, Keep, FilenameHash(Impfuzzy);
    FilenamePehash = 113, "filename|pehash", PayloadDelivery, true, LowerTail, FilenameHash(Pehash);
    FilenameSha224 = 114, "filename|sha224", PayloadDelivery, true, LowerTail, FilenameHash(Hex(56));
    FilenameSha384 = 115, "filename|sha384", PayloadDelivery, true, LowerTail, FilenameHash(Hex(96));
    FilenameSha512 = 116, "filename|sha512", PayloadDelivery, true, LowerTail, FilenameHash(Hex(128));
    FilenameSha512_224 = 117, "filename|sha512/224", PayloadDelivery, true, LowerTail, FilenameHash(Hex(56));
    FilenameSha512_256 = 118, "filename|sha512/256", PayloadDelivery, true, LowerTail, FilenameHash(Hex(64));
    FilenameSha3_224 = 119, "filename|sha3-224", PayloadDelivery, true, LowerTail, FilenameHash(Hex(56));
    FilenameSha3_256 = 120, "filename|sha3-256", PayloadDelivery, true, LowerTail, FilenameHash(Hex(64));
    FilenameSha3_384 = 121, "filename|sha3-384", PayloadDelivery, true, LowerTail, FilenameHash(Hex(96));
    FilenameSha3_512 = 122, "filename|sha3-512", PayloadDelivery, true, LowerTail, FilenameHash(Hex(128));
    FilenameTlsh = 123, "filename|tlsh", PayloadDelivery, true, LowerTail, FilenameHash(Tlsh);
    WindowsScheduledTask = 124, "windows-scheduled-task", ArtifactsDropped, false, Keep, SingleLine;
    WindowsServiceName = 125, "windows-service-name", ArtifactsDropped, false, Keep, ServiceName;
    WindowsServiceDisplayname = 126, "windows-service-displayname", ArtifactsDropped, false, Keep, ServiceName;
    WhoisRegistrantEmail = 127, "whois-registrant-email", Attribution, false, Lower, Email;
    WhoisRegistrantPhone = 128, "whois-registrant-phone", Attribution, false, Phone, Numeric;
    WhoisRegistrantName = 129, "whois-registrant-name", Attribution, false, Keep, SingleLine;
    WhoisRegistrantOrg = 130, "whois-registrant-org", Attribution, false, Keep, SingleLine;
    WhoisRegistrar = 131, "whois-registrar", Attribution, false, Keep, SingleLine;
    WhoisCreationDate = 132, "whois-creation-date", Attribution, false, Keep, SingleLine;
    X509FingerprintSha1 = 133, "x509-fingerprint-sha1", NetworkActivity, true, Fingerprint, Hash(Hex(40));
    X509FingerprintMd5 = 134, "x509-fingerprint-md5", NetworkActivity, true, Fingerprint, Hash(Hex(32));
    X509FingerprintSha256 = 135, "x509-fingerprint-sha256", NetworkActivity, true, Fingerprint, Hash(Hex(64));
    DnsSoaEmail = 136, "dns-soa-email", Attribution, false, Keep, Email;
    SizeInBytes = 137, "size-in-bytes", Other, false, Keep, Whole;
    Counter = 138, "counter", Other, false, Keep, Whole;
    Integer = 139, "integer", Other, false, Keep, Integer;
    Datetime = 140, "datetime", Other, false, Datetime, Datetime;
    Port = 141, "port", NetworkActivity, false, Keep, Port;
    IpDstPort = 142, "ip-dst|port", NetworkActivity, true, IpPort, IpPort;
    IpSrcPort = 143, "ip-src|port", NetworkActivity, true, IpPort, IpPort;
    HostnamePort = 144, "hostname|port", NetworkActivity, true, HostnamePort, HostnamePort;
    MacAddress = 145, "mac-address", NetworkActivity, false, Mac, MacOctets(6);
    MacEui64 = 146, "mac-eui-64", NetworkActivity, false, Mac, MacOctets(8);
    EmailDstDisplayName = 147, "email-dst-display-name", PayloadDelivery, false, Keep, SingleLine;
    EmailSrcDisplayName = 148, "email-src-display-name", PayloadDelivery, false, Keep, SingleLine;
    EmailHeader = 149, "email-header", PayloadDelivery, false, Keep, Anything;
    EmailReplyTo = 150, "email-reply-to", PayloadDelivery, false, Keep, SingleLine;
    EmailXMailer = 151, "email-x-mailer", PayloadDelivery, false, Keep, SingleLine;
    EmailMimeBoundary = 152, "email-mime-boundary", PayloadDelivery, false, Keep, SingleLine;
    EmailThreadIndex = 153, "email-thread-index", PayloadDelivery, false, Keep, SingleLine;
    EmailMessageId = 154, "email-message-id", PayloadDelivery, false, Keep, SingleLine;
    GithubUsername = 155, "github-username", SocialNetwork, false, Keep, SingleLine;
    GithubRepository = 156, "github-repository", SocialNetwork, false, Keep, SingleLine;
    GithubOrganisation = 157, "github-organisation", SocialNetwork, false, Keep, SingleLine;
    JabberId = 158, "jabber-id", SocialNetwork, false, Keep, Email;
    TwitterId = 159, "twitter-id", SocialNetwork, false, Keep, SingleLine;
    Dkim = 160, "dkim", NetworkActivity, false, Keep, SingleLine;
    DkimSignature = 161, "dkim-signature", NetworkActivity, false, Keep, SingleLine;
    FirstName = 162, "first-name", Person, false, Keep, Anything;
    MiddleName = 163, "middle-name", Person, false, Keep, Anything;
    LastName = 164, "last-name", Person, false, Keep, Anything;
    FullName = 165, "full-name", Person, false, Keep, Anything;
    DateOfBirth = 166, "date-of-birth", Person, false, Keep, SingleLine;
    PlaceOfBirth = 167, "place-of-birth", Person, false, Keep, SingleLine;
    Gender = 168, "gender", Person, false, Keep, SingleLine;
    PassportNumber = 169, "passport-number", Person, false, Keep, SingleLine;
    PassportCountry = 170, "passport-country", Person, false, Keep, SingleLine;
    PassportExpiration = 171, "passport-expiration", Person, false, Keep, SingleLine;
    RedressNumber = 172, "redress-number", Person, false, Keep, SingleLine;
    Nationality = 173, "nationality", Person, false, Keep, SingleLine;
    VisaNumber = 174, "visa-number", Person, false, Keep, SingleLine;
    IssueDateOfTheVisa = 175, "issue-date-of-the-visa", Person, false, Keep, SingleLine;
    PrimaryResidence = 176, "primary-residence", Person, false, Keep, SingleLine;
    CountryOfResidence = 177, "country-of-residence", Person, false, Keep, SingleLine;
    SpecialServiceRequest = 178, "special-service-request", Person, false, Keep, SingleLine;
    FrequentFlyerNumber = 179, "frequent-flyer-number", Person, false, Keep, SingleLine;
    TravelDetails = 180, "travel-details", Person, false, Keep, SingleLine;
    PaymentDetails = 181, "payment-details", Person, false, Keep, SingleLine;
    PlacePortOfOriginalEmbarkation = 182, "place-port-of-original-embarkation", Person, false, Keep, SingleLine;
    PlacePortOfClearance = 183, "place-port-of-clearance", Person, false, Keep, SingleLine;
    PlacePortOfOnwardForeignDestination = 184, "place-port-of-onward-foreign-destination", Person, false, Keep, SingleLine;
    PassengerNameRecordLocatorNumber = 185, "passenger-name-record-locator-number", Person, false, Keep, SingleLine;
    MobileApplicationId = 186, "mobile-application-id", PayloadDelivery, true, Keep, SingleLine;
    AzureApplicationId = 187, "azure-application-id", PayloadDelivery, true, Keep, SingleLine;
    ChromeExtensionId = 188, "chrome-extension-id", PayloadDelivery, true, Keep, SingleLine;
    EdgeExtensionId = 189, "edge-extension-id", PayloadDelivery, true, Keep, SingleLine;
    Cortex = 190, "cortex", ExternalAnalysis, false, Keep, Json;
    Boolean = 191, "boolean", Other, false, Boolean, Boolean;
    Uuid = 192, "uuid", Other, false, Lower, Uuid;
    Anonymised = 193, "anonymised", Other, false, Lower, Anything;
    OnionAddress = 194, "onion-address", NetworkActivity, true, Lower, Onion;
}
