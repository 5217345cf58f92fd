from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.api.access import PersonView


class PersonOut(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name", "email", "may_open_studies"]


class Me(PersonView):
    serializer_class = PersonOut

    @extend_schema(operation_id="me", summary="The person whose token or session this is")
    def get(self, request: Request) -> Response:
        return Response(self.get_serializer(self.person).data)
