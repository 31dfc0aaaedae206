"""All settings, read from the environment, grouped by what they govern."""

import zoneinfo
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from accounts.pool import ENTRANCE, hand_out
from cpor import connections, logs
from cpor.identity import allauth_apps

# Every time shown and computed follows the locked tzdata, not the machine's older one.
zoneinfo.reset_tzpath(to=())

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Which installation this is ----------------------------------------------
CPOR_ENV = env.str("CPOR_ENV", "development")
PRODUCTION = CPOR_ENV == "production"
DEMO = env.bool("CPOR_DEMO", False) and not PRODUCTION
DATA_DIR = Path(env.str("CPOR_DATA", str(BASE_DIR / ".data")))
OPERATOR = env.str("CPOR_OPERATOR", "CPOR programme")
PUBLIC_URL = env.str("CPOR_URL", "http://localhost:8000").rstrip("/")

SECRET_KEY = env.str("SECRET_KEY", "" if PRODUCTION else "development-only-" + "k" * 50)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Signs the audit trail; it outlives a change of SECRET_KEY only if it is given.
AUDIT_KEY = env.str("CPOR_AUDIT_KEY", SECRET_KEY)
AUDIT_KEY_FALLBACKS = env.list("CPOR_AUDIT_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
INTERNAL_IPS = ["127.0.0.1"]

# --- The rules' numbers (DOMAIN.md: every number is a setting) ---------------
# Defaults: what a programme admin changes on the settings pages beats them.
CLOCK_DAYS = {
    "review_start": env.int("CPOR_REVIEW_START_DAYS", 5),
    "review": env.int("CPOR_REVIEW_DAYS", 14),
    "partner_response": env.int("CPOR_PARTNER_RESPONSE_DAYS", 14),
    "dispute_window": env.int("CPOR_DISPUTE_WINDOW_DAYS", 30),
    "dispute_answer": env.int("CPOR_DISPUTE_ANSWER_DAYS", 5),
}
# How many steps a clock may take by itself in a day, at most, before it waits for a
# lead. What is usual for it sets a lower limit (claims/usual_steps.py).
CLOCK_DAILY_LIMIT = env.int("CPOR_CLOCK_DAILY_LIMIT", 15_000)
# Country, subdivision and time zone of the programme's own calendar.
PROGRAMME_PLACE = env.tuple(
    "CPOR_PROGRAMME_PLACE", default=("DE", "BE", "Europe/Berlin")
)
EVIDENCE_MAX_BYTES = env.int("CPOR_EVIDENCE_MAX_BYTES", 25 * 1024 * 1024)
EVIDENCE_MAX_FILES = env.int("CPOR_EVIDENCE_MAX_FILES", 10)
# What one company may keep; a company's own number goes before it.
EVIDENCE_QUOTA_BYTES = env.int("CPOR_EVIDENCE_QUOTA_MB", 5 * 1024) * 1024 * 1024
ERASURE_AFTER_DAYS = env.int("CPOR_ERASURE_AFTER_DAYS", 30)
RETENTION_DAYS = env.int("CPOR_RETENTION_DAYS", 0)
EVIDENCE_SIGNATURE_MONTHS = env.int("CPOR_EVIDENCE_SIGNATURE_MONTHS", 12)
INVITATION_DAYS = env.int("CPOR_INVITATION_DAYS", 14)
LIST_EXACT_COUNT = env.int("CPOR_LIST_EXACT_COUNT", 10_000)

# --- Applications ------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "django_structlog",
    "cpor",
    "accounts",
    "notifications",
    "claims",
    "reviews",
    "disputes",
]
MIDDLEWARE = [
    "cpor.methods.MethodsMiddleware",
    "cpor.headers.HeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "cpor.headers.ApiByHttpsMiddleware",
    "accounts.middleware.EvenTimeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "accounts.middleware.RulebookMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LongestSessionMiddleware",
    "accounts.middleware.ReaderLanguageMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "accounts.middleware.LastUseMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "accounts.witness.WitnessMiddleware",
    "cpor.buttons.ProductButtons",
    "accounts.middleware.ScopeMiddleware",
]
ROOT_URLCONF = "cpor.urls"
WSGI_APPLICATION = "cpor.wsgi.application"
ASGI_APPLICATION = "cpor.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cpor.context.everywhere",
            ],
        },
    }
]

# --- Database and broker -----------------------------------------------------
# Web, worker and commands log in as a role that owns nothing (docs/architecture.md).
APPLICATION_DATABASE = env.db("DATABASE_URL", "postgres://cpor_app:cpor@127.0.0.1/cpor")
# The owner of the tables, for `migrate` alone: give it to no other process.
OWNER_DATABASE = env.db("DATABASE_OWNER_URL", "") if "DATABASE_OWNER_URL" in env else {}
DATABASES = {
    "default": {
        **APPLICATION_DATABASE,
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Not Django's assume_role: with a pool it waits for itself.
            "options": f"-c role={ENTRANCE}",
            "pool": {
                "min_size": 0,
                "max_size": env.int("CPOR_POOL", 12),
                "check": hand_out,
            },
        },
    }
}
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
}

# --- Celery: it only rings the bell, the database holds the work (DESIGN.md §3)
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# Tests of killed processes ring more often; nothing else needs to.
_BEAT = env.float("CPOR_BEAT_SECONDS", 60.0)
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "enforce-deadlines": {"task": "claims.tasks.enforce_deadlines", "schedule": _BEAT},
    "carry-out-postponements": {
        "task": "claims.tasks.carry_out_postponements",
        "schedule": _BEAT,
    },
    "inspect-evidence": {
        "task": "claims.tasks.inspect_waiting_evidence",
        "schedule": _BEAT,
    },
    "tell-the-queue": {"task": "cpor.tasks.tell_the_queue", "schedule": 600.0},
    "watch-files": {"task": "cpor.tasks.watch_files", "schedule": 600.0},
    "erase-due": {"task": "cpor.tasks.erase_due", "schedule": 3600.0},
    "deliver-messages": {"task": "notifications.tasks.deliver_due", "schedule": _BEAT},
    "clear-out": {"task": "accounts.tasks.clear_out", "schedule": 3600.0},
    "read-bounces": {"task": "notifications.tasks.read_bounces", "schedule": _BEAT},
}
# A bell that nobody heard for a minute is rung again anyway: none may pile up.
for _bell in CELERY_BEAT_SCHEDULE.values():
    _bell["options"] = {"expires": 0.9 * _BEAT}

# --- People and sessions -----------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name, "OPTIONS": options}
    for name, options in (
        (f"{_VALIDATION}.MinimumLengthValidator", {"min_length": 12}),
        (
            f"{_VALIDATION}.UserAttributeSimilarityValidator",
            {"user_attributes": ("email", "name")},
        ),
        ("accounts.passwords.CommonPasswordValidator", {}),
        ("accounts.passwords.OwnWordsValidator", {}),
    )
]
if CPOR_ENV == "test":
    # A test makes many people; a slow hash would be most of its time.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# allauth's own keeps a second list of addresses, by which people could log in too.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = (  # a class, no secret
    "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
)
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
# Guesses are counted in the database (accounts/attempts.py); what is left to the cache
# only calms storms, and may be forgotten with it.
ACCOUNT_RATE_LIMITS = {"login_failed": "", "reset_password": "20/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("CPOR_PROXIES", 1 if PRODUCTION else 0)
# So long after log-in or the last confirmation, sensitive pages ask again.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = env.int("CPOR_CONFIRM_AGAIN_SECONDS", 600)
# Refused log-ins and resets are answered no sooner: the time tells of no account.
EVEN_ANSWER_SECONDS = env.float("CPOR_EVEN_ANSWER_SECONDS", 1.0)
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
# The link of a reset names a person like every address does (accounts/opaque.py).
ACCOUNT_FORMS = {"user_token": "accounts.forms.ResetLinkForm"}
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
    "activate_totp": "accounts.forms.ActivateAppForm",
    "authenticate_webauthn": "accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
    "login_webauthn": "accounts.forms.PasskeyLogInForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
}
# Whoever has one of these roles sets up a second factor before anything else.
SECOND_FACTOR_ROLES = env.list(
    "CPOR_SECOND_FACTOR_ROLES",
    default=["reviewer", "lead", "auditor", "programme_admin"],
)
# Companies' own log-ins, such as Entra ID: docs/operations.md says what each needs.
OIDC_PROVIDERS = env.json("CPOR_OIDC", default=[])
SOCIALACCOUNT_ADAPTER = "accounts.company_log_in.CompanyLogInAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": allauth_apps(OIDC_PROVIDERS)}}
USERSESSIONS_TRACK_ACTIVITY = False  # accounts.middleware does it, more sparingly
LAST_USE_MINUTES = 10
DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "cpor_device"
DEVICE_COOKIE_AGE = 180 * 24 * 60 * 60
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "cpor_session"
SESSION_COOKIE_AGE = 12 * 60 * 60  # since the last use
SESSION_LONGEST_HOURS = env.int("CPOR_SESSION_HOURS", 24)  # since the log-in
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "cpor_csrf"
CSRF_FAILURE_VIEW = "cpor.views.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "cpor_language"
MESSAGE_STORAGE = "cpor.flash.FlashStorage"

# --- Headers -----------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    # The arrow of a choice is drawn in the style sheet.
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    # A page that leads to a company's log-in names its server (accounts/entrance.py).
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("CPOR_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"

# --- Language and time -------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
# The tests can be run in another zone, each process and the database with them.
TIME_ZONE = "UTC" if PRODUCTION else env.str("CPOR_TEST_ZONE", "UTC")
if TIME_ZONE != "UTC":
    DATABASES["default"]["TIME_ZONE"] = TIME_ZONE
FORMAT_MODULE_PATH = ["cpor.formats"]

# --- Files -------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
MEDIA_ROOT = DATA_DIR / "media"
S3_BUCKET = env.str("S3_BUCKET", "")
S3_OPTIONS = connections.bucket(env, S3_BUCKET)
_EVIDENCE_STORAGE = (
    {"BACKEND": "claims.storage.Bucket", "OPTIONS": S3_OPTIONS}
    if S3_BUCKET
    else {
        "BACKEND": "claims.storage.DurableFolder",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    }
)
STORAGES = {
    "default": _EVIDENCE_STORAGE,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# One request carries one file of 25 MB at most, plus the form around it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
FILE_UPLOAD_HANDLERS = ["claims.uploads.Reception"]
# ClamAV, by host and port or by the path of its socket; without either no file is
# scanned. Signatures older than so many days are none (0: of any age).
CLAMD_HOST = env.str("CLAMD_HOST", "")
CLAMD_PORT = env.int("CLAMD_PORT", 3310)
CLAMD_SOCKET = env.str("CLAMD_SOCKET", "")
CLAMD_TIMEOUT = env.float("CLAMD_TIMEOUT", 120.0)
CLAMD_MAX_AGE_DAYS = env.int("CLAMD_MAX_AGE_DAYS", 3)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Mail --------------------------------------------------------------------
_MAIL = env.email_url("MAIL_URL", "") if env.str("MAIL_URL", "") else None
MAILERS = {"default": connections.mailer(_MAIL, DATA_DIR / "mail")}
MAIL_FOLDER = None if _MAIL else DATA_DIR / "mail"
# Mails come back to an address of their own below this one; empty: nobody reads it.
MAIL_BOUNCES = env.str("MAIL_BOUNCES", "")
MAIL_BOUNCES_FOLDER = env.str("MAIL_BOUNCES_FOLDER", "")
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "CPOR Claims <claims@cpor.example>")

# --- API ---------------------------------------------------------------------
API_PATH = "/api/"  # whatever is below answers programs
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that a stranger is told how to log in (401) and not shut out (403).
        "accounts.authentication.ScopedTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "cpor.parsers.TextParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "cpor.api.handle",
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=env.int("CPOR_TOKEN_DAYS", 90))}
SPECTACULAR_SETTINGS = {
    "TITLE": "CPOR Claims",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"LanguageEnum": "claims.models.LANGUAGES"},
}

# --- Logs --------------------------------------------------------------------
LOGGING = logs.configuration(env.str("LOG_LEVEL", "WARNING"))
logs.begin(for_machines=PRODUCTION)
