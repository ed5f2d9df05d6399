//! Hugging Face's hub: files are served as by any web server, folders are listed by its API.

use super::super::address::hub_names;
use super::super::environment::Environment;
use super::super::files::{Files, Stat};
use super::super::real::Real;
use super::{FOLDER, stores};
use object_store::{ClientOptions, ObjectStore};
use serde::Deserialize;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

/// Where the hub is, when `HF_ENDPOINT` does not say.
const ENDPOINT: &str = "https://huggingface.co";
/// The longest page of a listing, in bytes: the API sends at most 1,000 entries a page.
const PAGE: usize = 8 << 20;
/// How often a page is asked for.
const TRIES: u32 = 8;

/// A repository at a revision.
pub(super) struct Hub {
    environment: Environment,
    client: reqwest::Client,
    /// `https://…/api/datasets/owner/name/tree/revision`.
    tree: String,
    /// `https://…/datasets/owner/name/resolve/revision/`.
    resolve: String,
    token: Option<String>,
}

/// An entry of a listing.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    oid: String,
}

fn failed(error: &reqwest::Error) -> io::Error {
    use std::error::Error;
    let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    io::Error::other(format!("the hub's listing failed: {}", super::super::address::masked(&why)))
}

impl Hub {
    /// The repository of a root: `hf://datasets/owner/name`, `hf://spaces/owner/name`, `hf://owner/name`, with `@revision` or `main`.
    pub(super) fn new(environment: &Environment, root: &str) -> io::Result<Self> {
        let named = root.trim_start_matches("hf://");
        let (repository, revision) = named.split_once('@').unwrap_or((named, "main"));
        let revision = revision.replace('/', "%2F");
        let wanted = hub_names(root);
        let typed = wanted == 3;
        if repository.split('/').filter(|name| !name.is_empty()).count() != wanted {
            let what = "an address of the hub is hf://datasets/OWNER/NAME/PATH, or hf://OWNER/NAME/PATH for a model";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let endpoint = environment.get("HF_ENDPOINT").unwrap_or(ENDPOINT).trim_end_matches('/');
        let api = if typed { repository.to_owned() } else { format!("models/{repository}") };
        stores::install_tls();
        let client =
            reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).timeout(Duration::from_secs(60));
        Ok(Self {
            environment: environment.clone(),
            client: client.build().map_err(|error| failed(&error))?,
            tree: format!("{endpoint}/api/{api}/tree/{revision}"),
            resolve: format!("{endpoint}/{repository}/resolve/{revision}/"),
            token: token(environment),
        })
    }

    /// The files, served as by any web server.
    pub(super) fn files(&self) -> io::Result<Arc<dyn ObjectStore>> {
        let mut options: ClientOptions = stores::client_options();
        if let Some(token) = &self.token {
            let mut value = http::HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| {
                io::Error::new(io::ErrorKind::PermissionDenied, "the hub's token holds characters that no token has")
            })?;
            value.set_sensitive(true);
            options = options.with_default_headers([(http::header::AUTHORIZATION, value)].into_iter().collect());
        }
        stores::web(&self.environment, &self.resolve, options)
    }

    /// Names in a folder, sorted; none for a folder that does not exist.
    pub(super) async fn list(&self, folder: &str) -> io::Result<Vec<(String, Stat)>> {
        let mut page = Some(match folder {
            "" => self.tree.clone(),
            folder => format!("{}/{}", self.tree, folder.replace('%', "%25").replace('?', "%3F").replace('#', "%23")),
        });
        let mut out = Vec::new();
        while let Some(url) = page.take() {
            let Some((entries, next)) = self.page(&url).await? else { break };
            for entry in entries {
                let name = entry.path.rsplit('/').next().unwrap_or_default().to_owned();
                let stat = Stat {
                    bytes: entry.size,
                    folder: false,
                    modified: xxhash_rust::xxh3::xxh3_128(entry.oid.as_bytes()),
                };
                out.push((name, if entry.kind == "directory" { FOLDER } else { stat }));
            }
            page = next;
        }
        out.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(out)
    }

    /// What the folder's listing says of a file.
    pub(super) async fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        if path.is_empty() {
            return Ok(Some(FOLDER));
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok(self.list(folder).await?.into_iter().find(|(one, _)| one == name).map(|(_, stat)| stat))
    }

    /// One page of a listing and where the next one is; `None` if there is nothing of that name.
    async fn page(&self, url: &str) -> io::Result<Option<(Vec<Entry>, Option<String>)>> {
        let mut pause = Duration::from_millis(200);
        for attempt in 1.. {
            let mut request = self.client.get(url);
            if let Some(token) = &self.token {
                request = request.bearer_auth(token);
            }
            let again = attempt < TRIES;
            match request.send().await {
                Err(error) if !again => return Err(failed(&error)),
                Ok(response) if !(again && (response.status().is_server_error() || response.status() == 429)) => {
                    return read(response).await;
                }
                _ => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
        Ok(None)
    }
}

async fn read(response: reqwest::Response) -> io::Result<Option<(Vec<Entry>, Option<String>)>> {
    let status = response.status();
    if status == 404 {
        return Ok(None);
    }
    if status == 401 || status == 403 {
        let what = format!("the hub says {status}; a private or gated repository wants HF_TOKEN");
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
    }
    if !status.is_success() {
        return Err(io::Error::other(format!("the hub's listing says {status}")));
    }
    let next = response.headers().get("link").and_then(|value| value.to_str().ok()).and_then(next_page);
    let body = response.bytes().await.map_err(|error| failed(&error))?;
    if body.len() > PAGE {
        return Err(io::Error::other("a page of the hub's listing is longer than 8 MiB"));
    }
    let entries = serde_json::from_slice(&body)
        .map_err(|error| io::Error::other(format!("the hub's listing is not as expected: {error}")))?;
    Ok(Some((entries, next)))
}

/// The address with `rel="next"` of a `Link` header (RFC 8288).
fn next_page(link: &str) -> Option<String> {
    let entry = link.split(',').find(|entry| entry.contains("rel=\"next\""))?;
    Some(entry.split_once('<')?.1.split_once('>')?.0.to_owned())
}

/// `HF_TOKEN`, or what logging in left in the cache folder.
fn token(environment: &Environment) -> Option<String> {
    if let Some(token) = environment.get("HF_TOKEN") {
        return Some(token.to_owned());
    }
    let home = environment.get("HF_HOME").map(str::to_owned);
    let home = home.or_else(|| environment.get("HOME").map(|home| format!("{home}/.cache/huggingface")))?;
    let mut text = String::new();
    Real.open(&format!("{home}/token"), 0).ok()?.read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned()).filter(|token| !token.is_empty())
}
