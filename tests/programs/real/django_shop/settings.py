from pathlib import Path

DEBUG = True
SECRET_KEY = "not secret"
ROOT_URLCONF = "shop"
ALLOWED_HOSTS = ["*"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]
