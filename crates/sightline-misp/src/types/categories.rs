//! The categories and the types that each may hold, in the order in which they are served.

use super::AttributeType;

macro_rules! categories {
    ($($variant:ident = $code:literal, $name:literal: [$($ty:ident),+ $(,)?];)+) => {
        /// A category of attributes. The codes are stored: they never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Category {
            $(#[doc = $name] $variant = $code,)+
        }

        impl Category {
            /// Every category, in the order in which they are served.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The category with exactly this name.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The stored code.
            pub const fn code(self) -> i64 {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The category with this stored code.
            pub const fn from_code(code: i64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The types that may be used in this category, in the order in which they are served.
            pub const fn types(self) -> &'static [AttributeType] {
                match self {
                    $(Self::$variant => &[$(AttributeType::$ty),+],)+
                }
            }
        }
    };
}

categories! {
    InternalReference = 1, "Internal reference": [
        Text, Link, Comment, Other, Hex, Anonymised, GitCommitId
    ];
    TargetingData = 2, "Targeting data": [
        TargetUser, TargetEmail, TargetMachine, TargetOrg, TargetLocation, TargetExternal, Comment,
        Anonymised
    ];
    AntivirusDetection = 3, "Antivirus detection": [
        Link, Comment, Text, Hex, Attachment, Other, Anonymised
    ];
    PayloadDelivery = 4, "Payload delivery": [
        Md5, Sha1, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256, Sha3_224, Sha3_256, Sha3_384,
        Sha3_512, Ssdeep, Imphash, Telfhash, Impfuzzy, Authentihash, Vhash, Pehash, Tlsh, Cdhash, Filename,
        FilenameMd5, FilenameSha1, FilenameSha224, FilenameSha256, FilenameSha384, FilenameSha512,
        FilenameSha512_224, FilenameSha512_256, FilenameSha3_224, FilenameSha3_256, FilenameSha3_384,
        FilenameSha3_512, FilenameAuthentihash, FilenameVhash, FilenameSsdeep, FilenameTlsh, FilenameImphash,
        FilenameImpfuzzy, FilenamePehash, MacAddress, MacEui64, IpSrc, IpDst, IpDstPort, IpSrcPort, Hostname,
        Domain, Email, EmailSrc, EmailDst, EmailSubject, EmailAttachment, EmailBody, Url, UserAgent,
        AutonomousSystem, PatternInFile, PatternInTraffic, FilenamePattern, Stix2Pattern, Yara, Sigma,
        MimeType, Attachment, MalwareSample, Link, MalwareType, Comment, Text, Hex, Vulnerability, Cpe,
        Weakness, X509FingerprintSha1, X509FingerprintMd5, X509FingerprintSha256, Ja3FingerprintMd5,
        JarmFingerprint, HasshMd5, HasshserverMd5, Other, HostnamePort, EmailDstDisplayName,
        EmailSrcDisplayName, EmailHeader, EmailReplyTo, EmailXMailer, EmailMimeBoundary, EmailThreadIndex,
        EmailMessageId, AzureApplicationId, MobileApplicationId, ChromeExtensionId, EdgeExtensionId,
        WhoisRegistrantEmail, Anonymised, OnionAddress
    ];
    ArtifactsDropped = 5, "Artifacts dropped": [
        Md5, Sha1, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256, Sha3_224, Sha3_256, Sha3_384,
        Sha3_512, Ssdeep, Imphash, Telfhash, Impfuzzy, Authentihash, Vhash, Cdhash, Filename, FilenameMd5,
        FilenameSha1, FilenameSha224, FilenameSha256, FilenameSha384, FilenameSha512, FilenameSha512_224,
        FilenameSha512_256, FilenameSha3_224, FilenameSha3_256, FilenameSha3_384, FilenameSha3_512,
        FilenameAuthentihash, FilenameVhash, FilenameSsdeep, FilenameTlsh, FilenameImphash, FilenameImpfuzzy,
        FilenamePehash, Regkey, RegkeyValue, PatternInFile, PatternInMemory, FilenamePattern, Pdb,
        Stix2Pattern, Yara, Sigma, Attachment, MalwareSample, NamedPipe, Mutex, ProcessState,
        WindowsScheduledTask, WindowsServiceName, WindowsServiceDisplayname, Comment, Text, Hex,
        X509FingerprintSha1, X509FingerprintMd5, X509FingerprintSha256, Other, Cookie, Gene, KustoQuery,
        MimeType, Anonymised, PgpPublicKey, PgpPrivateKey
    ];
    PayloadInstallation = 6, "Payload installation": [
        Md5, Sha1, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256, Sha3_224, Sha3_256, Sha3_384,
        Sha3_512, Ssdeep, Imphash, Telfhash, Impfuzzy, Authentihash, Vhash, Pehash, Tlsh, Cdhash, Filename,
        FilenameMd5, FilenameSha1, FilenameSha224, FilenameSha256, FilenameSha384, FilenameSha512,
        FilenameSha512_224, FilenameSha512_256, FilenameSha3_224, FilenameSha3_256, FilenameSha3_384,
        FilenameSha3_512, FilenameAuthentihash, FilenameVhash, FilenameSsdeep, FilenameTlsh, FilenameImphash,
        FilenameImpfuzzy, FilenamePehash, PatternInFile, PatternInTraffic, PatternInMemory, FilenamePattern,
        Stix2Pattern, Yara, Sigma, Vulnerability, Cpe, Weakness, Attachment, MalwareSample, MalwareType,
        Comment, Text, Hex, X509FingerprintSha1, X509FingerprintMd5, X509FingerprintSha256,
        AzureApplicationId, MobileApplicationId, ChromeExtensionId, EdgeExtensionId, Other, MimeType,
        Anonymised
    ];
    PersistenceMechanism = 7, "Persistence mechanism": [
        Filename, Regkey, RegkeyValue, Comment, Text, Other, Hex, Anonymised
    ];
    NetworkActivity = 8, "Network activity": [
        IpSrc, IpDst, IpDstPort, IpSrcPort, Port, Hostname, Domain, DomainIp, MacAddress, MacEui64, Email,
        EmailDst, EmailSrc, Eppn, Url, Uri, UserAgent, HttpMethod, AutonomousSystem, Snort, Suricata,
        PatternInFile, FilenamePattern, Stix2Pattern, PatternInTraffic, Attachment, Comment, Text,
        X509FingerprintMd5, X509FingerprintSha1, X509FingerprintSha256, Ja3FingerprintMd5, JarmFingerprint,
        HasshMd5, HasshserverMd5, Other, Hex, Cookie, HostnamePort, Bro, Zeek, Anonymised, CommunityId,
        EmailSubject, FaviconMmh3, Dkim, DkimSignature, SshFingerprint, DomHash, OnionAddress
    ];
    PayloadType = 9, "Payload type": [
        Comment, Text, Other, Anonymised
    ];
    Attribution = 10, "Attribution": [
        ThreatActor, CampaignName, CampaignId, WhoisRegistrantPhone, WhoisRegistrantEmail,
        WhoisRegistrantName, WhoisRegistrantOrg, WhoisRegistrar, WhoisCreationDate, Comment, Text,
        X509FingerprintSha1, X509FingerprintMd5, X509FingerprintSha256, Other, DnsSoaEmail, Anonymised, Email
    ];
    ExternalAnalysis = 11, "External analysis": [
        Md5, Sha1, Sha256, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Filename, FilenameMd5, FilenameSha1,
        FilenameSha256, FilenameSha3_224, FilenameSha3_256, FilenameSha3_384, FilenameSha3_512, IpSrc, IpDst,
        IpDstPort, IpSrcPort, MacAddress, MacEui64, Hostname, Domain, DomainIp, Url, UserAgent, Regkey,
        RegkeyValue, AutonomousSystem, Snort, Suricata, Bro, Zeek, PatternInFile, PatternInTraffic,
        PatternInMemory, FilenamePattern, Vulnerability, Cpe, Weakness, Attachment, MalwareSample, Link,
        Comment, Text, X509FingerprintSha1, X509FingerprintMd5, X509FingerprintSha256, Ja3FingerprintMd5,
        JarmFingerprint, HasshMd5, HasshserverMd5, GithubRepository, Other, Cortex, Anonymised, CommunityId,
        DomHash, OnionAddress
    ];
    FinancialFraud = 12, "Financial fraud": [
        Btc, Dash, Xmr, Iban, Bic, BankAccountNr, AbaRtn, Bin, CcNumber, Prtn, PhoneNumber, Comment, Text,
        Other, Hex, Anonymised
    ];
    SupportTool = 13, "Support Tool": [
        Link, Text, Attachment, Comment, Other, Hex, Anonymised
    ];
    SocialNetwork = 14, "Social network": [
        GithubUsername, GithubRepository, GithubOrganisation, JabberId, TwitterId, Email, EmailSrc, EmailDst,
        Eppn, Comment, Text, Other, WhoisRegistrantEmail, Anonymised, PgpPublicKey, PgpPrivateKey
    ];
    Person = 15, "Person": [
        FirstName, MiddleName, LastName, FullName, DateOfBirth, PlaceOfBirth, Gender, PassportNumber,
        PassportCountry, PassportExpiration, RedressNumber, Nationality, VisaNumber, IssueDateOfTheVisa,
        PrimaryResidence, CountryOfResidence, SpecialServiceRequest, FrequentFlyerNumber, TravelDetails,
        PaymentDetails, PlacePortOfOriginalEmbarkation, PlacePortOfClearance,
        PlacePortOfOnwardForeignDestination, PassengerNameRecordLocatorNumber, Comment, Text, Other,
        PhoneNumber, IdentityCardNumber, Anonymised, Email, PgpPublicKey, PgpPrivateKey
    ];
    Other = 16, "Other": [
        Comment, Text, Other, SizeInBytes, Counter, Integer, Datetime, Cpe, Port, Float, Hex, PhoneNumber,
        Boolean, Anonymised, PgpPublicKey, PgpPrivateKey, Uuid
    ];
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
