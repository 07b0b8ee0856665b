"""Django REST framework with Django's ORM, laid out as its tutorial does; under gunicorn's threads."""
