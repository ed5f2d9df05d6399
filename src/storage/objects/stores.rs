//! Opening stores: which program speaks to which root, with what the environment and profile files say.

use super::super::address::scheme;
use super::super::environment::Environment;
use super::answer::said;
use super::hub::Hub;
use super::profile;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How an upload in parts is completed without replacing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commit {
    /// By `If-None-Match: *` on the completing request.
    Header,
    /// Under another name, copied if nothing has the right one.
    Copy,
    /// Not at all: for reading.
    Never,
}

/// How the names in a folder are learned.
pub(super) enum Listing {
    /// By prefix.
    Prefix,
    /// By asking the hub.
    Hub(Hub),
    /// Not at all.
    None,
}

/// A store behind a root.
pub(super) struct Store {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) commit: Commit,
    pub(super) listing: Listing,
    /// Whether it was asked if it honours conditions.
    pub(super) asked: AtomicBool,
}

/// How long one request may go unanswered, byte for byte.
const SILENCE: Duration = Duration::from_secs(30);
/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(180);
/// How long a request is tried again, when nothing else is set.
const RETRY_SECONDS: u64 = 90;
/// How often a request is tried again within that time; the time is what counts.
const RETRIES: usize = 100;

/// Retries with backoff: from 0.2 s on, each pause random up to three times the one before and 10 s, within a bound.
pub(super) fn retry(environment: &Environment) -> RetryConfig {
    let seconds = environment.get("GRISTMILL_RETRY_SECONDS").and_then(|text| text.parse().ok());
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(10),
            base: 3.0,
        },
        max_retries: RETRIES,
        retry_timeout: Duration::from_secs(seconds.unwrap_or(RETRY_SECONDS)),
    }
}

/// One TLS for the whole program; a second call finds it there.
pub(super) fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub(super) fn client_options() -> ClientOptions {
    install_tls();
    ClientOptions::new().with_connect_timeout(Duration::from_secs(10)).with_read_timeout(SILENCE).with_timeout(REQUEST)
}

/// Opens the store of a root. `name` is the root with the query of a web address.
pub(super) fn open(environment: &Environment, root: &str, name: &str) -> io::Result<Store> {
    let kind = scheme(root).unwrap_or_default();
    let bucket = root.get(kind.len() + 3..).unwrap_or_default();
    if bucket.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the address names no bucket or host"));
    }
    let store = |objects, commit, listing| Store { objects, commit, listing, asked: AtomicBool::new(false) };
    match kind {
        "s3" => Ok(store(s3(environment, bucket)?, Commit::Header, Listing::Prefix)),
        "gs" => Ok(store(gcs(environment, bucket)?, Commit::Copy, Listing::Prefix)),
        "az" => Ok(store(azure(environment, bucket)?, Commit::Copy, Listing::Prefix)),
        "hf" => {
            let hub = Hub::new(environment, root)?;
            Ok(store(hub.files()?, Commit::Never, Listing::Hub(hub)))
        }
        _ => {
            let url = if name == root { format!("{root}/") } else { name.to_owned() };
            Ok(store(web(environment, &url, client_options())?, Commit::Never, Listing::None))
        }
    }
}

/// A web server's files below a URL.
pub(super) fn web(environment: &Environment, url: &str, options: ClientOptions) -> io::Result<Arc<dyn ObjectStore>> {
    let builder = HttpBuilder::new().with_url(url).with_client_options(options.with_allow_http(true));
    let built = builder.with_retry(retry(environment)).build();
    Ok(Arc::new(built.map_err(|error| said(&error))?))
}

fn s3(environment: &Environment, bucket: &str) -> io::Result<Arc<dyn ObjectStore>> {
    let mut settings = profile::read(environment)?;
    // What the environment says about a key is taken as a whole: a session token of a profile belongs to the profile's key.
    if environment.get("AWS_ACCESS_KEY_ID").is_some() {
        settings.retain(|(key, _)| !profile::CREDENTIALS.contains(&key.as_str()));
    }
    let own = environment.beginning("AWS_").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    settings.extend(own);
    // The most specific address wins.
    for (name, key) in [("AWS_ENDPOINT_URL", "aws_endpoint"), ("AWS_ENDPOINT_URL_S3", "aws_endpoint")] {
        settings.extend(environment.get(name).map(|value| (key.to_owned(), value.to_owned())));
    }
    let plain = settings.iter().any(|(key, value)| key.starts_with("aws_endpoint") && value.starts_with("http://"));
    let options = client_options().with_allow_http(plain);
    let mut builder = AmazonS3Builder::new().with_client_options(options).with_retry(retry(environment));
    for (key, value) in settings {
        if let Ok(key) = key.parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    let built = builder.with_bucket_name(bucket).with_http_connector(Conditional).build();
    Ok(Arc::new(built.map_err(|error| said(&error))?))
}

fn gcs(environment: &Environment, bucket: &str) -> io::Result<Arc<dyn ObjectStore>> {
    let mut builder =
        GoogleCloudStorageBuilder::new().with_client_options(client_options()).with_retry(retry(environment));
    for (name, value) in environment.beginning("GOOGLE_") {
        if let Ok(key) = name.to_ascii_lowercase().parse::<GoogleConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Arc::new(builder.with_bucket_name(bucket).build().map_err(|error| said(&error))?))
}

fn azure(environment: &Environment, container: &str) -> io::Result<Arc<dyn ObjectStore>> {
    let mut builder = MicrosoftAzureBuilder::new().with_client_options(client_options()).with_retry(retry(environment));
    for (name, value) in environment.beginning("AZURE_") {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AzureConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Arc::new(builder.with_container_name(container).build().map_err(|error| said(&error))?))
}

/// A client that completes every upload in parts on the condition that its name is free. The header is not among those that S3
/// wants signed.
#[derive(Debug)]
struct Conditional;

#[derive(Debug)]
struct ConditionalClient(HttpClient);

impl HttpConnector for Conditional {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(ConditionalClient(ReqwestConnector::default().connect(options)?)))
    }
}

#[async_trait::async_trait]
impl HttpService for ConditionalClient {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let query = request.uri().query().unwrap_or_default();
        if request.method().as_str() == "POST" && query.split('&').any(|pair| pair.starts_with("uploadId=")) {
            request.headers_mut().insert("if-none-match", http::HeaderValue::from_static("*"));
        }
        self.0.execute(request).await
    }
}
